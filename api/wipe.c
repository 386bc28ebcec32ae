/* Every block of memory that pith-serve gives back is overwritten first, by whichever library: no token, and nothing of a reader, lies in
 * freed memory. What replaces glibc's functions here ends in them. */
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void __libc_free(void *block);

void free(void *block)
{
    if (block)
        explicit_bzero(block, malloc_usable_size(block));
    __libc_free(block);
}

/* glibc's own would leave the old block as it was when the new one lies elsewhere. */
void *realloc(void *block, size_t size)
{
    size_t old = block ? malloc_usable_size(block) : 0;
    if (block && size && size <= old && size >= old / 2)
        return block;
    void *moved = size || !block ? malloc(size) : NULL;
    if (block && moved)
        memcpy(moved, block, old < size ? old : size);
    if (moved || !size)
        free(block);
    return moved;
}
