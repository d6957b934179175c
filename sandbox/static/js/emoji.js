// Common emoji with Discord's names.

/** An emoji and its names; the first is shown. */
const TABLE = `
😄 smile|😃 smiley|😀 grinning|😁 grin|😆 laughing satisfied|😅 sweat_smile|😂 joy|🤣 rofl
🙂 slight_smile|🙃 upside_down|😉 wink|😊 blush|😇 innocent|😍 heart_eyes|😘 kissing_heart|😋 yum
😛 stuck_out_tongue|😜 stuck_out_tongue_winking_eye|🤪 zany_face|🤨 face_with_raised_eyebrow|🧐 face_with_monocle
🤓 nerd|😎 sunglasses|🥳 partying_face|😏 smirk|😒 unamused|😞 disappointed|😔 pensive|😕 confused
🙁 slight_frown|😣 persevere|😫 tired_face|🥺 pleading_face|😢 cry|😭 sob|😤 triumph|😠 angry
😡 rage|🤬 face_with_symbols_over_mouth|🤯 exploding_head|😳 flushed|😱 scream|😨 fearful|😰 cold_sweat
🤗 hugging|🤔 thinking|🤫 shushing_face|😶 no_mouth|😐 neutral_face|😑 expressionless|😬 grimacing|🙄 rolling_eyes
😴 sleeping|🤤 drooling_face|😪 sleepy|🤮 face_vomiting|🤒 thermometer_face|😈 smiling_imp|👻 ghost|💀 skull
👽 alien|🤖 robot|💩 poop|🤡 clown|🙈 see_no_evil|🙉 hear_no_evil|🙊 speak_no_evil
👍 thumbsup +1 thumbup|👎 thumbsdown -1 thumbdown|👏 clap|🙌 raised_hands|👐 open_hands|🤲 palms_up_together
🙏 pray|🤝 handshake|👋 wave|🤚 raised_back_of_hand|✋ raised_hand|👌 ok_hand|✌️ v|🤞 fingers_crossed
👈 point_left|👉 point_right|👆 point_up_2|👇 point_down|💪 muscle|✊ fist|👊 punch|🤷 shrug|🤦 facepalm
👀 eyes|👁️ eye|🧠 brain|🦁 lion_face|🐱 cat|🐶 dog|🐢 turtle|🦄 unicorn|🐛 bug|🐍 snake|🦊 fox|🐼 panda_face
❤️ heart|🧡 orange_heart|💛 yellow_heart|💚 green_heart|💙 blue_heart|💜 purple_heart|🖤 black_heart|🤍 white_heart
💔 broken_heart|💓 heartbeat|💕 two_hearts|💯 100|💢 anger|💥 boom|💫 dizzy|💦 sweat_drops|💤 zzz
🔥 fire flame|✨ sparkles|⭐ star|🌟 star2|🌠 stars|⚡ zap|🌈 rainbow|☀️ sunny|🌙 crescent_moon|🌕 full_moon
🌅 sunrise|🌧️ cloud_rain|❄️ snowflake|🌊 ocean|🌬️ wind_blowing_face|🌀 cyclone|🌐 globe_with_meridians|🌍 earth_africa
🪷 lotus|🌸 cherry_blossom|🌹 rose|🌱 seedling|🌳 deciduous_tree|🍀 four_leaf_clover|☕ coffee|🍵 tea|🍺 beer|🍕 pizza
🎂 birthday|🍎 apple|🎉 tada|🎊 confetti_ball|🎁 gift|🎈 balloon|🏆 trophy|🥇 first_place|🎯 dart|🎲 game_die
🎱 8ball|🎮 video_game|🎵 musical_note|🎶 notes|🎭 performing_arts|🎚️ level_slider|🏓 ping_pong|🧩 jigsaw|🪙 coin
🚀 rocket|✈️ airplane|🚗 red_car|🏠 house|🏗️ construction_site|⏰ alarm_clock|⏳ hourglass_flowing_sand|⌛ hourglass
💡 bulb|🔦 flashlight|🕯️ candle|🪔 diya_lamp|💻 computer|📱 mobile_phone iphone|🔋 battery|🔌 electric_plug
💾 floppy_disk|📷 camera|🔍 mag|🔎 mag_right|🔭 telescope|🔬 microscope|🧪 test_tube|🔮 crystal_ball
📖 book|📚 books|📜 scroll|📝 pencil memo|📎 paperclip|📌 pushpin|📅 date|🗓️ calendar_spiral|📦 package|📥 inbox_tray
📤 outbox_tray|📈 chart_with_upwards_trend|📉 chart_with_downwards_trend|📊 bar_chart|🧾 receipt|🧹 broom
🔑 key|🔒 lock|🔓 unlock|🔗 link|🪝 hook|🔧 wrench|🔨 hammer|🛠️ tools|⚙️ gear|🛡️ shield|⚖️ scales|🔔 bell|🔕 no_bell
🔊 loud_sound|🔇 mute|📣 mega|💬 speech_balloon|💭 thought_balloon|🔁 repeat|🔄 arrows_counterclockwise
✅ white_check_mark|☑️ ballot_box_with_check|✔️ heavy_check_mark|❌ x|❎ negative_squared_cross_mark|❓ question
❗ exclamation|⚠️ warning|🚫 no_entry_sign|⛔ no_entry|🆗 ok|🆕 new|🆘 sos|➕ heavy_plus_sign|➖ heavy_minus_sign
⬆️ arrow_up|⬇️ arrow_down|⬅️ arrow_left|➡️ arrow_right|▶️ arrow_forward|◀️ arrow_backward|🔴 red_circle
🟠 orange_circle|🟡 yellow_circle|🟢 green_circle|🔵 blue_circle|🟣 purple_circle|⚪ white_circle|⚫ black_circle
🕳️ hole|▫️ white_small_square|♾️ infinity|1️⃣ one|2️⃣ two|3️⃣ three|4️⃣ four|5️⃣ five|🏁 checkered_flag`;

const ENTRIES = TABLE.trim().split(/[|\n]/).map((entry) => entry.split(" "));
const BY_NAME = new Map(ENTRIES.flatMap(([emoji, ...names]) => names.map((name) => [name, emoji])));
const NAMES = new Map(ENTRIES.map(([emoji, name]) => [bare(emoji), name]));

/** All emoji that can be typed by name, as `{emoji, names}`. */
export const EMOJI = ENTRIES.map(([emoji, ...names]) => ({ emoji, names }));

/** The emoji with a name, or undefined. */
export function emojiNamed(name) {
  return BY_NAME.get(name);
}

/** The name of an emoji, or undefined. */
export function nameOfEmoji(emoji) {
  return NAMES.get(bare(emoji));
}

/** An emoji without its variation selector, because both spellings mean the same. */
export function bare(emoji) {
  return emoji.replace(/\uFE0F/g, "");
}
