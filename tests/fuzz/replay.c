/* Replays a fuzz target over its corpus: every file of the folders named, then all their prefixes up to a bound. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PREFIXES = 64, PATH_SIZE = 4096 };

/* A copy of exactly `size` bytes, so that the sanitizer sees every read past the end. */
static void run(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy)
        abort();
    for (size_t i = 0; i < size; i++)
        copy[i] = data[i];
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static int replay(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0)
        return 1;
    size_t size = (size_t)ftell(file);
    rewind(file);
    uint8_t *data = malloc(size ? size : 1);
    if (!data || fread(data, 1, size, file) != size)
        return 1;
    fclose(file);
    run(data, size);
    for (size_t i = 0; i < PREFIXES && i < size; i++)
        run(data, size * i / PREFIXES);
    free(data);
    return 0;
}

int main(int argc, char **argv)
{
    size_t files = 0;
    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        for (struct dirent *entry; folder && (entry = readdir(folder));) {
            char path[PATH_SIZE];
            snprintf(path, sizeof path, "%s/%s", argv[i], entry->d_name);
            if (entry->d_name[0] != '.' && replay(path) == 0)
                files++;
        }
        if (folder)
            closedir(folder);
    }
    printf("replayed %zu files\n", files);
    return files ? 0 : 1; /* an empty corpus tests nothing */
}
