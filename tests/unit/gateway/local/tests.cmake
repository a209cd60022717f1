set(labels unit threads)
