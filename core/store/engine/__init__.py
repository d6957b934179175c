"""What both engines share: the queue and thread that write, the threads that read, and memory beside them."""
