#include "engine/profile/answers.h"

#include <stdlib.h>
#include <string.h>

enum { VERSION = 1, LEAST = 10 /* bytes of an answer */ };

enum pith_status answers_write(const struct answers *answers, struct bytes *bytes, struct pith_error *reterr)
{
    bytes->length = 0;
    bytes_put_u8(bytes, VERSION);
    bytes_put_varint(bytes, answers->count);
    for (size_t i = 0; i < answers->count; i++) {
        const struct answer *answer = &answers->item[i];
        bytes_put_u32(bytes, (uint32_t)answer->digest);
        bytes_put_u32(bytes, (uint32_t)answer->told);
        bytes_put_varint(bytes, answer->votes);
        for (size_t k = 0; k < answer->votes; k++) {
            bytes_put_varint(bytes, answer->vote[k].number);
            bytes_put_u8(bytes, (uint8_t)(answer->vote[k].verdict + 1));
        }
        bytes_put_string(bytes, answer->fault, strlen(answer->fault));
    }
    return bytes_done(bytes, reterr);
}

static bool get(struct bytes_reader *reader, struct answer *answer)
{
    answer->digest = (int32_t)bytes_get_u32(reader);
    answer->told = (int32_t)bytes_get_u32(reader);
    answer->votes = bytes_get_count(reader, 2);
    if (answer->votes > ANSWERS_VOTES)
        return false;
    bool good = true;
    for (size_t i = 0; i < answer->votes; i++) {
        uint64_t number = bytes_get_varint(reader);
        answer->vote[i].number = (unsigned)number;
        answer->vote[i].verdict = bytes_get_u8(reader) - 1;
        good = good && number && number <= UINT32_MAX && (answer->vote[i].verdict == 1 || answer->vote[i].verdict == -1);
    }
    PITH_AUTO(pith_free_p) char *fault = bytes_take_string(reader);
    good = good && fault && strlen(fault) < sizeof answer->fault && !answer->votes == (*fault != '\0');
    if (good)
        memcpy(answer->fault, fault, strlen(fault) + 1);
    return good;
}

enum pith_status answers_read(const struct bytes *bytes, struct answers *ret_answers, struct pith_error *reterr)
{
    struct answers read = {0};
    struct bytes_reader reader;
    if (!bytes->length) {
        *ret_answers = read;
        return PITH_OK;
    }
    bytes_reader_init(&reader, bytes->data, bytes->length);
    bool good = bytes_get_u8(&reader) == VERSION;
    size_t count = bytes_get_count(&reader, LEAST);
    good = good && count <= ANSWERS_MOST;
    while (good && !reader.failed && read.count < count)
        good = get(&reader, &read.item[read.count++]);
    if (reader.exhausted)
        return pith_no_memory(reterr);
    if (!good || reader.failed || reader.at != reader.end)
        return pith_fail(reterr, PITH_CORRUPT, "the record of answers is damaged, or of a newer pith");
    *ret_answers = read;
    return PITH_OK;
}

void answers_add(struct answers *answers, const struct answer *answer)
{
    if (answers->count == ANSWERS_MOST)
        memmove(&answers->item[0], &answers->item[1], --answers->count * sizeof answers->item[0]);
    answers->item[answers->count++] = *answer;
}

bool answers_is_told(const struct answer *answer, int32_t day)
{
    return answer->told == PITH_NO_DAY || answer->told == day;
}
