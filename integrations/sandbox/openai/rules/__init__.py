"""The rules behind the answers, by prompt. They read the fenced blocks and know nothing else."""
