/* The TPM, through tpm2-tss: a random secret sealed to the storage root key of the owner's hierarchy. That key is made anew from the
 * TPM's seed each time, and the seed is gone once the TPM is cleared. What passes between here and the TPM is encrypted. */
#include "engine/crypto/device.h"

#include <string.h>
#include <tss2/tss2_esys.h>
#include <tss2/tss2_mu.h>
#include <tss2/tss2_rc.h>
#include <tss2/tss2_tctildr.h>

enum { MAX_NAME = 255 };

/* One talk with the TPM. */
struct talk {
    TSS2_TCTI_CONTEXT *way;
    ESYS_CONTEXT *tpm;
    ESYS_TR root, session, object; /* ESYS_TR_NONE: none */
};

static void hang_up(struct talk *talk)
{
    const ESYS_TR each[] = {talk->object, talk->session, talk->root};
    for (size_t i = 0; talk->tpm && i < sizeof each / sizeof *each; i++)
        if (each[i] != ESYS_TR_NONE)
            Esys_FlushContext(talk->tpm, each[i]);
    Esys_Finalize(&talk->tpm);
    Tss2_TctiLdr_Finalize(&talk->way);
}

/* The TPM's own code, without the number of the parameter or session it speaks of. */
static TSS2_RC plain_code(TSS2_RC code)
{
    return code & TPM2_RC_FMT1 ? code & (TPM2_RC_FMT1 | 0x3F) : code;
}

static enum pith_status tell(TSS2_RC code, struct pith_error *reterr)
{
    TSS2_RC plain = plain_code(code);
    if (code == TSS2_RC_SUCCESS)
        return PITH_OK;
    if (plain == TPM2_RC_INTEGRITY || plain == TPM2_RC_HANDLE)
        return pith_fail(reterr, PITH_LOCKED,
                         "this TPM does not open the profile: it is another machine's, or it was cleared since; open "
                         "the profile another way, and add this TPM anew with `pith key add tpm`");
    if (plain == TPM2_RC_LOCKOUT || code == TPM2_RC_RETRY)
        return pith_fail(reterr, PITH_LOCKED,
                         "the TPM answers nobody for a while: try again later, or open the profile another way");
    return pith_fail(reterr, PITH_IO, "the TPM failed (%s): try again, or open the profile another way", Tss2_RC_Decode(code));
}

static enum pith_status call_up(const struct device_words *words, struct talk *talk, struct pith_error *reterr)
{
    char name[MAX_NAME + 1];
    *talk = (struct talk){.root = ESYS_TR_NONE, .session = ESYS_TR_NONE, .object = ESYS_TR_NONE};
    if (words->length > MAX_NAME)
        return pith_fail(reterr, PITH_USAGE, "the name of a TPM has at most %d bytes", MAX_NAME);
    if (words->length)
        memcpy(name, words->text, words->length);
    name[words->length] = '\0';
    TSS2_RC code = Tss2_TctiLdr_Initialize(words->length ? name : NULL, &talk->way);
    if (!code)
        code = Esys_Initialize(&talk->tpm, talk->way, NULL);
    if (code)
        return pith_fail(
            reterr, PITH_IO,
            "no TPM answers%s%s: is there one, and is it yours to use? (`ls -l /dev/tpmrm0`); or open the profile another way",
            words->length ? " at " : "", name);
    return PITH_OK;
}

/* The storage root key, by the template that TCG's guidance names for P-256. */
static TSS2_RC make_root(struct talk *talk)
{
    static const TPM2B_PUBLIC template = {
        .publicArea = {
            .type = TPM2_ALG_ECC,
            .nameAlg = TPM2_ALG_SHA256,
            .objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_SENSITIVEDATAORIGIN |
                                TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_NODA | TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_DECRYPT,
            .parameters.eccDetail = {.symmetric = {.algorithm = TPM2_ALG_AES, .keyBits.aes = 128, .mode.aes = TPM2_ALG_CFB},
                                     .scheme.scheme = TPM2_ALG_NULL,
                                     .curveID = TPM2_ECC_NIST_P256,
                                     .kdf.scheme = TPM2_ALG_NULL}}};
    static const TPM2B_SENSITIVE_CREATE nothing = {0};
    static const TPM2B_DATA outside = {0};
    static const TPML_PCR_SELECTION creation = {0};
    return Esys_CreatePrimary(talk->tpm, ESYS_TR_RH_OWNER, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, &nothing, &template,
                              &outside, &creation, &talk->root, NULL, NULL, NULL, NULL);
}

/* A session that only this TPM can follow, so that nobody on the bus reads along. */
static TSS2_RC start_session(struct talk *talk)
{
    static const TPMT_SYM_DEF cipher = {.algorithm = TPM2_ALG_AES, .keyBits.aes = 128, .mode.aes = TPM2_ALG_CFB};
    const TPMA_SESSION both = TPMA_SESSION_DECRYPT | TPMA_SESSION_ENCRYPT | TPMA_SESSION_CONTINUESESSION;
    TSS2_RC code = Esys_StartAuthSession(talk->tpm, talk->root, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, NULL,
                                         TPM2_SE_HMAC, &cipher, TPM2_ALG_SHA256, &talk->session);
    return code ? code : Esys_TRSess_SetAttributes(talk->tpm, talk->session, both, both);
}

static enum pith_status start(const struct device_words *words, struct talk *talk, struct pith_error *reterr)
{
    enum pith_status status = call_up(words, talk, reterr);
    if (status)
        return status;
    TSS2_RC code = make_root(talk);
    if (!code)
        code = start_session(talk);
    return tell(code, reterr);
}

/* The record: TPM2B_PUBLIC, then TPM2B_PRIVATE, as the TPM's specification writes them. */
static enum pith_status put_record(const TPM2B_PUBLIC *public, const TPM2B_PRIVATE *private, struct bytes *record,
                                   struct pith_error *reterr)
{
    unsigned char raw[sizeof *public + sizeof *private];
    size_t length = 0;
    TSS2_RC code = Tss2_MU_TPM2B_PUBLIC_Marshal(public, raw, sizeof raw, &length);
    if (!code)
        code = Tss2_MU_TPM2B_PRIVATE_Marshal(private, raw, sizeof raw, &length);
    if (code)
        return tell(code, reterr);
    bytes_put(record, raw, length);
    return bytes_done(record, reterr);
}

enum pith_status tpm_make(const struct device_words *name, struct bytes *record, unsigned char secret[DEVICE_SECRET],
                          struct pith_error *reterr)
{
    static const TPM2B_PUBLIC template = {.publicArea = {.type = TPM2_ALG_KEYEDHASH,
                                                         .nameAlg = TPM2_ALG_SHA256,
                                                         .objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT |
                                                                             TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_NODA,
                                                         .parameters.keyedHashDetail.scheme.scheme = TPM2_ALG_NULL}};
    static const TPM2B_DATA outside = {0};
    static const TPML_PCR_SELECTION creation = {0};
    TPM2B_SENSITIVE_CREATE sealed = {.sensitive.data.size = DEVICE_SECRET};
    TPM2B_PRIVATE *private = NULL;
    TPM2B_PUBLIC *public = NULL;
    PITH_AUTO(hang_up) struct talk talk;
    enum pith_status status = start(name, &talk, reterr);
    if (status)
        return status;
    vault_random(secret, DEVICE_SECRET);
    memcpy(sealed.sensitive.data.buffer, secret, DEVICE_SECRET);
    TSS2_RC code = Esys_Create(talk.tpm, talk.root, talk.session, ESYS_TR_NONE, ESYS_TR_NONE, &sealed, &template, &outside,
                               &creation, &private, &public, NULL, NULL, NULL);
    vault_wipe(&sealed, sizeof sealed);
    status = code ? tell(code, reterr) : put_record(public, private, record, reterr);
    Esys_Free(private);
    Esys_Free(public);
    return status;
}

enum pith_status tpm_ask(const struct device_words *name, const unsigned char *record, size_t length,
                         unsigned char secret[DEVICE_SECRET], struct pith_error *reterr)
{
    TPM2B_PUBLIC public = {0};
    TPM2B_PRIVATE private = {0};
    TPM2B_SENSITIVE_DATA *data = NULL;
    size_t at = 0;
    if (Tss2_MU_TPM2B_PUBLIC_Unmarshal(record, length, &at, &public) ||
        Tss2_MU_TPM2B_PRIVATE_Unmarshal(record, length, &at, &private) || at != length)
        return pith_fail(reterr, PITH_CORRUPT, "what the key slot keeps of its TPM is damaged");
    PITH_AUTO(hang_up) struct talk talk;
    enum pith_status status = start(name, &talk, reterr);
    if (status)
        return status;
    TSS2_RC code = Esys_Load(talk.tpm, talk.root, talk.session, ESYS_TR_NONE, ESYS_TR_NONE, &private, &public, &talk.object);
    if (!code)
        code = Esys_Unseal(talk.tpm, talk.object, talk.session, ESYS_TR_NONE, ESYS_TR_NONE, &data);
    status = tell(code, reterr);
    if (!status && data->size != DEVICE_SECRET)
        status = pith_fail(reterr, PITH_CORRUPT, "what the TPM gave is no secret of pith's");
    if (!status)
        memcpy(secret, data->buffer, DEVICE_SECRET);
    if (data)
        vault_wipe(data, sizeof *data);
    Esys_Free(data);
    return status;
}
