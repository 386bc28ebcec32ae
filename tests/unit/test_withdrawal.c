#include "engine/sources/withdrawal.h"

#include <criterion/criterion.h>

enum place { IN_COMMENT, IN_ABSTRACT, IN_TITLE };

static bool says_gone(enum place place, const char *text)
{
    switch (place) {
    case IN_COMMENT: return withdrawal_in_comment(text);
    case IN_ABSTRACT: return withdrawal_in_abstract(text);
    case IN_TITLE: return withdrawal_in_title(text);
    }
    return false;
}

struct saying {
    enum place place;
    const char *text;
};

static const struct saying gone[] = {
    {IN_COMMENT, "This paper has been withdrawn by the author"},
    {IN_COMMENT, "Paper withdrawn"},
    {IN_COMMENT, "Withdrawn by the authors"},
    {IN_COMMENT, "The authors have withdrawn this paper"},
    {IN_COMMENT, "This submission has been withdrawn by arXiv administrators due to overlap"},
    {IN_COMMENT, "This paper is withdrawn due to an error in Lemma 2"},
    {IN_COMMENT, "Manuscript withdrawn by its authors"},
    {IN_COMMENT, "Article withdrawn because of an error"},
    {IN_COMMENT, "I have withdrawn this paper"},
    {IN_COMMENT, "We withdraw this paper due to an error"},
    {IN_COMMENT, "This preprint has been withdrawn"},
    {IN_COMMENT, "The paper has been withdrawn"},
    {IN_COMMENT, "arXiv admin note: this article has been removed by arXiv administrators"},
    {IN_COMMENT, "paper was withdrawn by author"},
    {IN_COMMENT, "12 pages, this paper has been withdrawn"},
    {IN_COMMENT, "v2: this paper has been temporarily withdrawn"},
    {IN_COMMENT, "Withdrawn"},
    {IN_COMMENT, "withdrawn: an error in Section 3"},
    {IN_COMMENT, "This version withdrawn by arXiv administrators because the submitter did not have the right to agree"},
    {IN_COMMENT, "Submission withdrawn"},
    {IN_COMMENT, "WITHDRAWN"},
    {IN_COMMENT, "Unfortunately this work has been withdrawn owing to a mistake"},
    {IN_COMMENT, "This article has been retracted"},
    {IN_COMMENT, "The publisher has retracted this article"},
    {IN_COMMENT, "We wish to withdraw this manuscript"},
    {IN_COMMENT, "The author withdraws this paper"},
    {IN_COMMENT, "This paper was withdrawn"},
    {IN_COMMENT, "This e-print has been withdrawn"},
    {IN_COMMENT, "The authors decided to withdraw the paper because of a flaw"},
    {IN_COMMENT, "Superseded by arXiv:1.2; withdrawn by the author"},
    {IN_COMMENT, "The submitter has withdrawn this submission."},
    {IN_COMMENT, "Our paper is withdrawn."},
    {IN_COMMENT, "This work is being withdrawn"},
    {IN_COMMENT, "The present paper has been withdrawn"},
    {IN_ABSTRACT,
     "The authors have withdrawn this manuscript because of an error. Therefore, the authors do not wish this work to be cited."},
    {IN_ABSTRACT, "Withdrawal Statement: The authors have withdrawn their manuscript owing to duplicated posting."},
    {IN_ABSTRACT, "This paper has been withdrawn by the author(s) due to a crucial sign error in equation 1."},
    {IN_ABSTRACT, "This manuscript has been withdrawn by bioRxiv following a formal request by the institution."},
    {IN_ABSTRACT, "Withdrawn by arXiv administrators due to plagiarism"},
    {IN_ABSTRACT, "This has been withdrawn by arXiv administrators"},
    {IN_ABSTRACT, "This preprint has been withdrawn."},
    {IN_ABSTRACT, "Due to an error in Lemma 2. This article has been retracted at the request of the editors."},
    {IN_ABSTRACT, "The editors have retracted this article because the data are wrong."},
    {IN_TITLE, "RETRACTED: Otters and the sea"},
    {IN_TITLE, "RETRACTED ARTICLE: Otters"},
    {IN_TITLE, "Retraction notice to \"Otters\""},
    {IN_TITLE, "Retraction Note: Otters"},
    {IN_TITLE, "Retraction: Otters"},
    {IN_TITLE, "[Retracted] Otters"},
    {IN_TITLE, "WITHDRAWN: Otters"},
    {IN_TITLE, "Notice of Retraction: Otters"},
};

static const struct saying alive[] = {
    {IN_COMMENT, "v2: Section 5 has been removed"},
    {IN_COMMENT, "Figure 3 has been removed due to copyright"},
    {IN_COMMENT, "12 pages; a claim in Sec. 4 has been withdrawn"},
    {IN_COMMENT, "The code repository has been removed and re-uploaded"},
    {IN_COMMENT, "Appendix B has been removed from this version; 20 pages"},
    {IN_COMMENT, "Data has been removed upon request of the provider"},
    {IN_COMMENT, "Replaces an earlier paper that has been withdrawn"},
    {IN_COMMENT, "This replaces our paper arXiv:1234.5678, which has been withdrawn"},
    {IN_COMMENT, "The main theorem of this paper has been withdrawn"},
    {IN_COMMENT, "This paper has not been withdrawn"},
    {IN_COMMENT, "withdrawn funds"},
    {IN_COMMENT, "Theorem 3 withdrawn"},
    {IN_COMMENT, "We withdraw our claim of section 2"},
    {IN_COMMENT, "The authors have withdrawn Lemma 4"},
    {IN_COMMENT, "The dataset was withdrawn by its authors"},
    {IN_COMMENT, "The companion paper has been withdrawn"},
    {IN_COMMENT, "Conjecture 1 was retracted in v3"},
    {IN_COMMENT, "the first version of the appendix was removed"},
    {IN_COMMENT, "Part II of this paper has been withdrawn"},
    {IN_COMMENT, "Proof of Theorem 2 has been withdrawn by the author"},
    {IN_COMMENT, "Supersedes arXiv:0707.1234 (withdrawn)"},
    {IN_ABSTRACT, "In 2019 the drug was withdrawn. This work has been removed from its context."},
    {IN_ABSTRACT, "We model cash withdrawals. This article is withdrawn from the usual view of banks."},
    {IN_ABSTRACT, "This work is removed from practice, we show why."},
    {IN_ABSTRACT, "Withdrawn funds and withdrawn depositors are studied with a model of banks."},
    {IN_ABSTRACT, "Funds are deposited, withdrawn, and moved."},
    {IN_ABSTRACT, "The needle was retracted by 3 mm. We withdraw the sample from the tube."},
    {IN_ABSTRACT, "We study papers that have been retracted by journals."},
    {IN_ABSTRACT, "Retracted papers are cited. A paper retracted due to fraud is cited on."},
    {IN_ABSTRACT, "The paper was withdrawn from the printer by hand."},
    {IN_ABSTRACT, "Many authors have withdrawn from social media."},
    {IN_ABSTRACT, "The articles that were withdrawn by the authors are studied."},
    {IN_TITLE, "Withdrawn money as the first word"},
    {IN_TITLE, "Withdrawal symptoms in mice: a study"},
    {IN_TITLE, "Retraction of the needle: a model"},
    {IN_TITLE, "Retracted papers: a survey"},
    {IN_TITLE, "The withdrawn"},
};

Test(withdrawal, of_the_whole_paper_is_told)
{
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
        cr_expect(says_gone(gone[i].place, gone[i].text), "%s", gone[i].text);
}

Test(withdrawal, of_anything_else_is_none)
{
    for (size_t i = 0; i < sizeof alive / sizeof *alive; i++)
        cr_expect_not(says_gone(alive[i].place, alive[i].text), "%s", alive[i].text);
    cr_expect_not(withdrawal_in_comment(NULL));
    cr_expect_not(withdrawal_in_abstract(NULL));
    cr_expect_not(withdrawal_in_title(NULL));
    cr_expect_not(withdrawal_in_title(""));
}
