#include "engine/base/tex_letters.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 4, MAX_GROUP = 24, MAX_NAME = 24 };

struct named {
    const char *name, *text;
};

/* In byte order of the names. */
/* clang-format off */
static const struct named characters[] = {
    {"AA", "Å"}, {"AC", "∿"}, {"AE", "Æ"}, {"APLcomment", "⍝"}, {"APLdownarrowbox", "⍗"}, {"APLinput", "⍞"}, {"APLinv", "⌹"},
    {"APLleftarrowbox", "⍇"}, {"APLlog", "⍟"}, {"APLrightarrowbox", "⍈"}, {"APLuparrowbox", "⍐"}, {"Alpha", "Α"},
    {"Angle", "⦜"}, {"Angstroem", "Å"}, {"Angstrom", "Å"}, {"AngstromUnit", "Å"}, {"Bbbk", "𝕜"}, {"Beta", "Β"},
    {"BibTeX", "BibTeX"}, {"Box", "□"}, {"CIRCLE", "●"}, {"CYRA", "А"}, {"CYRABHCH", "Ҽ"}, {"CYRABHCHDSC", "Ҿ"},
    {"CYRABHDZE", "Ӡ"}, {"CYRABHHA", "Ҩ"}, {"CYRAE", "Ӕ"}, {"CYRB", "Б"}, {"CYRBYUS", "Ѫ"}, {"CYRC", "Ц"}, {"CYRCH", "Ч"},
    {"CYRCHLDSC", "Ӌ"}, {"CYRCHRDSC", "Ҷ"}, {"CYRCHVCRS", "Ҹ"}, {"CYRD", "Д"}, {"CYRDJE", "Ђ"}, {"CYRDZE", "Ѕ"},
    {"CYRDZHE", "Џ"}, {"CYRE", "Е"}, {"CYREREV", "Э"}, {"CYRERY", "Ы"}, {"CYRF", "Ф"}, {"CYRFITA", "Ѳ"}, {"CYRG", "Г"},
    {"CYRGHCRS", "Ғ"}, {"CYRGHK", "Ҕ"}, {"CYRGUP", "Ґ"}, {"CYRH", "Х"}, {"CYRHDSC", "Ҳ"}, {"CYRHRDSN", "Ъ"}, {"CYRI", "И"},
    {"CYRIE", "Є"}, {"CYRII", "І"}, {"CYRIOTBYUS", "Ѭ"}, {"CYRIOTE", "Ѥ"}, {"CYRIOTLYUS", "Ѩ"}, {"CYRISHRT", "Й"},
    {"CYRIZH", "Ѵ"}, {"CYRJE", "Ј"}, {"CYRK", "К"}, {"CYRKBEAK", "Ҡ"}, {"CYRKDSC", "Қ"}, {"CYRKHCRS", "Ҟ"}, {"CYRKHK", "Ӄ"},
    {"CYRKOPPA", "Ҁ"}, {"CYRKSI", "Ѯ"}, {"CYRKVCRS", "Ҝ"}, {"CYRL", "Л"}, {"CYRLDSC", "Ӆ"}, {"CYRLJE", "Љ"}, {"CYRLYUS", "Ѧ"},
    {"CYRM", "М"}, {"CYRMDSC", "Ӎ"}, {"CYRN", "Н"}, {"CYRNDSC", "Ң"}, {"CYRNG", "Ҥ"}, {"CYRNHK", "Ӈ"}, {"CYRNJE", "Њ"},
    {"CYRO", "О"}, {"CYROMEGA", "Ѡ"}, {"CYROMEGARND", "Ѻ"}, {"CYROMEGATITLO", "Ѽ"}, {"CYROT", "Ѿ"}, {"CYROTLD", "Ө"},
    {"CYRP", "П"}, {"CYRPHK", "Ҧ"}, {"CYRPSI", "Ѱ"}, {"CYRR", "Р"}, {"CYRRTICK", "Ҏ"}, {"CYRS", "С"}, {"CYRSCHWA", "Ә"},
    {"CYRSDSC", "Ҫ"}, {"CYRSEMISFTSN", "Ҍ"}, {"CYRSFTSN", "Ь"}, {"CYRSH", "Ш"}, {"CYRSHCH", "Щ"}, {"CYRSHHA", "Һ"},
    {"CYRT", "Т"}, {"CYRTDSC", "Ҭ"}, {"CYRTETSE", "Ҵ"}, {"CYRTSHE", "Ћ"}, {"CYRU", "У"}, {"CYRUK", "Ѹ"}, {"CYRUSHRT", "Ў"},
    {"CYRV", "В"}, {"CYRY", "Ү"}, {"CYRYA", "Я"}, {"CYRYAT", "Ѣ"}, {"CYRYHCRS", "Ұ"}, {"CYRYI", "Ї"}, {"CYRYO", "Ё"},
    {"CYRYU", "Ю"}, {"CYRZ", "З"}, {"CYRZDSC", "Ҙ"}, {"CYRZH", "Ж"}, {"CYRZHDSC", "Җ"}, {"CYRpalochka", "Ӏ"},
    {"CheckedBox", "☑"}, {"Chi", "Χ"}, {"ComplexI", "ⅈ"}, {"ComplexJ", "ⅉ"}, {"DH", "Ð"}, {"DJ", "Đ"}, {"Delta", "Δ"},
    {"Diamond", "◇"}, {"Diamondblack", "◆"}, {"Diamonddot", "⟐"}, {"DifferentialD", "ⅆ"}, {"Digamma", "Ϝ"},
    {"DownArrowBar", "⤓"}, {"DownArrowUpArrow", "⇵"}, {"DownLeftTeeVector", "⥞"}, {"DownLeftVectorBar", "⥖"},
    {"DownRightTeeVector", "⥟"}, {"DownRightVectorBar", "⥗"}, {"Downarrow", "⇓"}, {"EUR", "€"}, {"Earth", "⊕"}, {"ElOr", "⩖"},
    {"Elolarr", "⥀"}, {"Elorarr", "⥁"}, {"Elxsqcup", "⨆"}, {"Epsilon", "Ε"}, {"Equal", "⩵"}, {"Eta", "Η"}, {"Euler", "ℇ"},
    {"Euro", "€"}, {"ExponetialE", "ⅇ"}, {"Finv", "Ⅎ"}, {"Game", "⅁"}, {"Gamma", "Γ"}, {"IJ", "Ĳ"}, {"Im", "ℑ"}, {"Iota", "Ι"},
    {"Join", "⋈"}, {"Jupiter", "♃"}, {"Kappa", "Κ"}, {"Koppa", "Ϟ"}, {"L", "Ł"}, {"LHD", "◀"}, {"LaTeX", "LaTeX"},
    {"LaTeXe", "LaTeX2ε"}, {"Lambda", "Λ"}, {"Lbag", "⟅"}, {"LeftArrowBar", "⇤"}, {"LeftDownTeeVector", "⥡"},
    {"LeftDownVectorBar", "⥙"}, {"LeftTeeVector", "⥚"}, {"LeftTriangleBar", "⧏"}, {"LeftUpDownVector", "⥑"},
    {"LeftUpTeeVector", "⥠"}, {"LeftUpVectorBar", "⥘"}, {"LeftVectorBar", "⥒"}, {"Leftarrow", "⇐"}, {"Leftrightarrow", "⇔"},
    {"Longleftarrow", "⟸"}, {"Longleftrightarrow", "⟺"}, {"Longrightarrow", "⟹"}, {"LuaTeX", "LuaTeX"}, {"Mars", "♂"},
    {"Mercury", "☿"}, {"Mu", "Μ"}, {"NG", "Ŋ"}, {"Neptune", "♆"}, {"NestedGreaterGreater", "⪢"}, {"NestedLessLess", "⪡"},
    {"NotEqualTilde", "≂̸"}, {"NotGreaterGreater", "≫̸"}, {"NotHumpDownHump", "≎̸"}, {"NotHumpEqual", "≏̸"},
    {"NotLeftTriangleBar", "⧏̸"}, {"NotLessLess", "≪̸"}, {"NotNestedGreaterGreater", "⪢̸"}, {"NotNestedLessLess", "⪡̸"},
    {"NotPrecedesTilde", "≾̸"}, {"NotRightTriangleBar", "⧐̸"}, {"NotSquareSubset", "⊏̸"}, {"NotSquareSuperset", "⊐̸"},
    {"NotSucceedsTilde", "≿̸"}, {"Nu", "Ν"}, {"O", "Ø"}, {"OE", "Œ"}, {"Omega", "Ω"}, {"Omicron", "Ο"}, {"P", "¶"},
    {"Phi", "Φ"}, {"Pi", "Π"}, {"Pluto", "♇"}, {"Psi", "Ψ"}, {"Qoppa", "Ϙ"}, {"RHD", "▶"}, {"Rbag", "⟆"}, {"Re", "ℜ"},
    {"ReverseUpEquilibrium", "⥯"}, {"Rho", "Ρ"}, {"RightArrowBar", "⇥"}, {"RightDownTeeVector", "⥝"},
    {"RightDownVectorBar", "⥕"}, {"RightTeeVector", "⥛"}, {"RightTriangleBar", "⧐"}, {"RightUpDownVector", "⥏"},
    {"RightUpTeeVector", "⥜"}, {"RightUpVectorBar", "⥔"}, {"RightVectorBar", "⥓"}, {"Rightarrow", "⇒"}, {"RoundImplies", "⥰"},
    {"S", "§"}, {"SS", "ẞ"}, {"Same", "⩶"}, {"Sampi", "Ϡ"}, {"Saturn", "♄"}, {"Sigma", "Σ"}, {"Square", "☐"}, {"Stigma", "Ϛ"},
    {"Subset", "⋐"}, {"Sun", "☉"}, {"Supset", "⋑"}, {"TH", "Þ"}, {"Tau", "Τ"}, {"TeX", "TeX"}, {"Theta", "Θ"}, {"Top", "⫪"},
    {"UpArrowBar", "⤒"}, {"UpEquilibrium", "⥮"}, {"Upalpha", "Α"}, {"Uparrow", "⇑"}, {"Upbeta", "Β"}, {"Upchi", "Χ"},
    {"Updelta", "Δ"}, {"Updownarrow", "⇕"}, {"Upepsilon", "Ε"}, {"Upeta", "Η"}, {"Upgamma", "Γ"}, {"Upiota", "Ι"},
    {"Upkappa", "Κ"}, {"Uplambda", "Λ"}, {"Upmu", "Μ"}, {"Upnu", "Ν"}, {"Upomega", "Ω"}, {"Upomicron", "Ο"}, {"Upphi", "Φ"},
    {"Uppi", "Π"}, {"Uppsi", "Ψ"}, {"Uprho", "Ρ"}, {"Upsigma", "Σ"}, {"Upsilon", "Υ"}, {"Uptau", "Τ"}, {"Uptheta", "Θ"},
    {"Upupsilon", "Υ"}, {"Upxi", "Ξ"}, {"Upzeta", "Ζ"}, {"Uranus", "♅"}, {"Vdash", "⊩"}, {"Venus", "♀"}, {"Vert", "‖"},
    {"XBox", "☒"}, {"XeTeX", "XeTeX"}, {"Xi", "Ξ"}, {"Zeta", "Ζ"}, {"aa", "å"}, {"ae", "æ"}, {"aleph", "ℵ"}, {"allequal", "≌"},
    {"alpha", "α"}, {"amalg", "⨿"}, {"anchor", "⚓"}, {"angle", "∠"}, {"angstrom", "Å"}, {"approx", "≈"}, {"approxeq", "≊"},
    {"approxnotequal", "≆"}, {"aquarius", "♒"}, {"aries", "♈"}, {"arrowbullet", "➢"}, {"arrowwaveleft", "↜"},
    {"arrowwaveright", "↝"}, {"ast", "∗"}, {"astrosun", "☉"}, {"asymp", "≍"}, {"backepsilon", "϶"}, {"backprime", "‵"},
    {"backsim", "∽"}, {"backslash", "\\"}, {"ballotx", "✗"}, {"barin", "⋶"}, {"barleftharpoon", "⥫"}, {"barrightharpoon", "⥭"},
    {"because", "∵"}, {"beta", "β"}, {"beth", "ℶ"}, {"bigcap", "⋂"}, {"bigcirc", "◯"}, {"bigcup", "⋃"}, {"bigodot", "⨀"},
    {"bigoplus", "⨁"}, {"bigotimes", "⨂"}, {"bigstar", "★"}, {"bigtriangledown", "▽"}, {"bigtriangleup", "△"}, {"bigvee", "⋁"},
    {"bigwedge", "⋀"}, {"bij", "⤖"}, {"biohazard", "☣"}, {"blacklozenge", "⧫"}, {"blacksquare", "■"}, {"blacktriangle", "▲"},
    {"blacktriangledown", "▼"}, {"blacktriangleleft", "◀"}, {"blacktriangleright", "▶"}, {"bot", "⊥"}, {"bowtie", "⋈"},
    {"boxdot", "⊡"}, {"boxminus", "⊟"}, {"boxplus", "⊞"}, {"boxslash", "⧄"}, {"boxtimes", "⊠"}, {"bullet", "∙"},
    {"cancer", "♋"}, {"cap", "∩"}, {"capricornus", "♑"}, {"cdot", "⋅"}, {"cdotp", "·"}, {"cdots", "⋯"}, {"celsius", "℃"},
    {"cent", "¢"}, {"checkmark", "✓"}, {"chi", "χ"}, {"circ", "∘"}, {"circlearrowleft", "↺"}, {"circlearrowright", "↻"},
    {"circledR", "®"}, {"circledS", "Ⓢ"}, {"clockoint", "⨏"}, {"clubsuit", "♣"}, {"clwintegral", "∱"}, {"colon", ":"},
    {"coloneqq", "≔"}, {"complement", "∁"}, {"cong", "≅"}, {"coprod", "∐"}, {"copyright", "©"}, {"cup", "∪"},
    {"curvearrowright", "↷"}, {"cyra", "а"}, {"cyrabhch", "ҽ"}, {"cyrabhchdsc", "ҿ"}, {"cyrabhdze", "ӡ"}, {"cyrabhha", "ҩ"},
    {"cyrae", "ӕ"}, {"cyrb", "б"}, {"cyrbyus", "ѫ"}, {"cyrc", "ц"}, {"cyrch", "ч"}, {"cyrchldsc", "ӌ"}, {"cyrchrdsc", "ҷ"},
    {"cyrchvcrs", "ҹ"}, {"cyrd", "д"}, {"cyrdje", "ђ"}, {"cyrdze", "ѕ"}, {"cyrdzhe", "џ"}, {"cyre", "е"}, {"cyrerev", "э"},
    {"cyrery", "ы"}, {"cyrf", "ф"}, {"cyrfita", "ѳ"}, {"cyrg", "г"}, {"cyrghcrs", "ғ"}, {"cyrghk", "ҕ"}, {"cyrgup", "ґ"},
    {"cyrh", "х"}, {"cyrhdsc", "ҳ"}, {"cyrhrdsn", "ъ"}, {"cyrhundredthousands", "҈"}, {"cyri", "и"}, {"cyrie", "є"},
    {"cyrii", "і"}, {"cyriotbyus", "ѭ"}, {"cyriote", "ѥ"}, {"cyriotlyus", "ѩ"}, {"cyrishrt", "й"}, {"cyrizh", "ѵ"},
    {"cyrje", "ј"}, {"cyrk", "к"}, {"cyrkbeak", "ҡ"}, {"cyrkdsc", "қ"}, {"cyrkhcrs", "ҟ"}, {"cyrkhk", "ӄ"}, {"cyrkoppa", "ҁ"},
    {"cyrksi", "ѯ"}, {"cyrkvcrs", "ҝ"}, {"cyrl", "л"}, {"cyrldsc", "ӆ"}, {"cyrlje", "љ"}, {"cyrlyus", "ѧ"}, {"cyrm", "м"},
    {"cyrmdsc", "ӎ"}, {"cyrmillions", "҉"}, {"cyrn", "н"}, {"cyrndsc", "ң"}, {"cyrng", "ҥ"}, {"cyrnhk", "ӈ"}, {"cyrnje", "њ"},
    {"cyro", "о"}, {"cyromega", "ѡ"}, {"cyromegarnd", "ѻ"}, {"cyromegatitlo", "ѽ"}, {"cyrot", "ѿ"}, {"cyrotld", "ө"},
    {"cyrp", "п"}, {"cyrphk", "ҧ"}, {"cyrpsi", "ѱ"}, {"cyrr", "р"}, {"cyrrtick", "ҏ"}, {"cyrs", "с"}, {"cyrschwa", "ә"},
    {"cyrsdsc", "ҫ"}, {"cyrsemisftsn", "ҍ"}, {"cyrsftsn", "ь"}, {"cyrsh", "ш"}, {"cyrshch", "щ"}, {"cyrshha", "һ"},
    {"cyrt", "т"}, {"cyrtdsc", "ҭ"}, {"cyrtetse", "ҵ"}, {"cyrthousands", "҂"}, {"cyrtshe", "ћ"}, {"cyru", "у"}, {"cyruk", "ѹ"},
    {"cyrushrt", "ў"}, {"cyrv", "в"}, {"cyry", "ү"}, {"cyrya", "я"}, {"cyryat", "ѣ"}, {"cyryhcrs", "ұ"}, {"cyryi", "ї"},
    {"cyryo", "ё"}, {"cyryu", "ю"}, {"cyrz", "з"}, {"cyrzdsc", "ҙ"}, {"cyrzh", "ж"}, {"cyrzhdsc", "җ"}, {"dag", "†"},
    {"dagger", "†"}, {"daleth", "ℸ"}, {"dashleftarrow", "⇠"}, {"dashrightarrow", "⇢"}, {"dashv", "⊣"}, {"dblarrowupdown", "⇅"},
    {"ddag", "‡"}, {"ddagger", "‡"}, {"ddots", "⋱"}, {"degree", "°"}, {"delta", "δ"}, {"dh", "ð"}, {"diagup", "╱"},
    {"diamond", "⋄"}, {"diamondsuit", "♢"}, {"digamma", "ϝ"}, {"div", "÷"}, {"dj", "đ"}, {"dlsh", "↲"},
    {"doteq", "≐"}, {"doteqdot", "≑"}, {"dots", "…"}, {"dotsb", "…"}, {"dotsc", "…"}, {"dotsi", "…"}, {"dotsm", "…"},
    {"dotso", "…"}, {"downarrow", "↓"}, {"downdownharpoons", "⥥"}, {"earth", "⊕"}, {"eighthnote", "♪"}, {"ell", "ℓ"},
    {"emptyset", "∅"}, {"epsilon", "ε"}, {"eqcolon", "≕"}, {"equiv", "≡"}, {"estimates", "≙"}, {"eta", "η"}, {"eth", "ð"},
    {"euro", "€"}, {"exists", "∃"}, {"female", "♀"}, {"ffun", "⇻"}, {"finj", "⤕"}, {"flat", "♭"}, {"flq", "‹"}, {"flqq", "«"},
    {"forall", "∀"}, {"forcesextra", "⊨"}, {"forks", "⫝̸"}, {"frown", "⌢"}, {"frownie", "☹"}, {"frq", "›"}, {"frqq", "»"},
    {"gamma", "γ"}, {"ge", "≥"}, {"gemini", "♊"}, {"geq", "≥"}, {"geqq", "≧"}, {"geqslant", "⩾"}, {"gets", "←"}, {"gg", "≫"},
    {"ggcurly", "⪼"}, {"ggg", "⋙"}, {"gimel", "ℷ"}, {"glq", "‚"}, {"glqq", "„"}, {"greater", ">"}, {"greaterequivlnt", "≳"},
    {"grq", "‘"}, {"grqq", "“"}, {"gt", ">"}, {"gtrapprox", "⪆"}, {"gtrless", "≷"}, {"gtrsim", "≳"}, {"guillemetleft", "«"},
    {"guillemetright", "»"}, {"guillemotleft", "«"}, {"guillemotright", "»"}, {"guilsinglleft", "‹"}, {"guilsinglright", "›"},
    {"gvertneqq", "≩︀"}, {"hbar", "ℏ"}, {"heartsuit", "♡"}, {"hermitconjmatrix", "⊹"}, {"homothetic", "∻"},
    {"hookleftarrow", "↩"}, {"hookrightarrow", "↪"}, {"hslash", "ℏ"}, {"i", "ı"}, {"iff", "⟺"}, {"iiint", "∭"}, {"iint", "∬"},
    {"ij", "ĳ"}, {"image", "⊷"}, {"imath", "ı"}, {"impliedby", "⟸"}, {"implies", "⟹"}, {"in", "∈"}, {"infty", "∞"},
    {"int", "∫"}, {"invamp", "⅋"}, {"invdiameter", "⍉"}, {"iota", "ι"}, {"j", "ȷ"}, {"jmath", "ȷ"}, {"jupiter", "♃"},
    {"kappa", "κ"}, {"koppa", "ϟ"}, {"l", "ł"}, {"lVert", "‖"}, {"lambda", "λ"}, {"lambdabar", "ƛ"}, {"land", "∧"},
    {"lang", "⟪"}, {"langle", "⟨"}, {"lazysinv", "∾"}, {"lblot", "⦉"}, {"lbrace", "{"}, {"lbrack", "["}, {"lbrbrak", "〔"},
    {"lceil", "⌈"}, {"ldots", "…"}, {"le", "≤"}, {"leadsto", "⇝"}, {"leftarrow", "←"}, {"leftbarharpoon", "⥪"},
    {"leftharpoondown", "↽"}, {"leftharpoonup", "↼"}, {"leftleftarrows", "⇇"}, {"leftleftharpoons", "⥢"}, {"leftmoon", "☾"},
    {"leftrightarrow", "↔"}, {"leftrightarrows", "⇆"}, {"leftrightharpoon", "⥊"}, {"leftrightharpoons", "⇋"},
    {"leftslice", "⪦"}, {"leo", "♌"}, {"leq", "≤"}, {"leqq", "≦"}, {"leqslant", "⩽"}, {"less", "<"}, {"lessapprox", "⪅"},
    {"lessequivlnt", "≲"}, {"lessgtr", "≶"}, {"lesssim", "≲"}, {"lfloor", "⌊"}, {"lgroup", "⟮"}, {"lhd", "◁"}, {"libra", "♎"},
    {"lightning", "↯"}, {"ll", "≪"}, {"llbracket", "⟦"}, {"llcurly", "⪻"}, {"lll", "⋘"}, {"lmoustache", "⎰"}, {"lnot", "¬"},
    {"longleftarrow", "⟵"}, {"longleftrightarrow", "⟷"}, {"longmapsto", "⟼"}, {"longrightarrow", "⟶"}, {"lor", "∨"},
    {"lozenge", "◊"}, {"lq", "‘"}, {"lt", "<"}, {"ltimes", "⋉"}, {"lvert", "|"}, {"lvertneqq", "≨︀"}, {"male", "♂"},
    {"maltese", "✠"}, {"mapsto", "↦"}, {"mars", "♂"}, {"mathellipsis", "…"}, {"mbfDigamma", "𝟊"}, {"mbfdigamma", "𝟋"},
    {"measuredangle", "∡"}, {"medbullet", "⚫"}, {"medcirc", "⚪"}, {"mercury", "☿"}, {"mho", "℧"}, {"micro", "µ"}, {"mid", "∣"},
    {"models", "⊨"}, {"mp", "∓"}, {"mu", "μ"}, {"multimapboth", "⧟"}, {"nabla", "∇"}, {"napprox", "≉"}, {"natural", "♮"},
    {"ncong", "≇"}, {"ne", "≠"}, {"nearrow", "↗"}, {"neg", "¬"}, {"neptune", "♆"}, {"neq", "≠"}, {"nequiv", "≢"},
    {"nexists", "∄"}, {"ng", "ŋ"}, {"ngeq", "≱"}, {"ngtr", "≯"}, {"ni", "∋"}, {"nleftarrow", "↚"}, {"nleq", "≰"},
    {"nless", "≮"}, {"nmid", "∤"}, {"notbackslash", "⍀"}, {"notgreaterless", "≹"}, {"notin", "∉"}, {"notlessgreater", "≸"},
    {"notslash", "⌿"}, {"nparallel", "∦"}, {"nrightarrow", "↛"}, {"nsim", "≁"}, {"nsubseteq", "⊈"}, {"nsubseteqq", "⫅̸"},
    {"nsupseteq", "⊉"}, {"nsupseteqq", "⫆̸"}, {"ntriangleleft", "⋪"}, {"ntriangleright", "⋫"}, {"nu", "ν"}, {"nwarrow", "↖"},
    {"o", "ø"}, {"odot", "⊙"}, {"oe", "œ"}, {"ohm", "Ω"}, {"oint", "∮"}, {"omega", "ω"}, {"omicron", "ο"}, {"ominus", "⊖"},
    {"openbracketleft", "〚"}, {"openbracketright", "〛"}, {"oplus", "⊕"}, {"original", "⊶"}, {"oslash", "⊘"}, {"otimes", "⊗"},
    {"owns", "∋"}, {"parallel", "∥"}, {"partial", "∂"}, {"pencil", "✎"}, {"perp", "⊥"}, {"perspcorrespond", "⌆"},
    {"perthousand", "‰"}, {"pfun", "⇸"}, {"phi", "φ"}, {"phone", "☎"}, {"pi", "π"}, {"pinj", "⤔"}, {"pluto", "♇"}, {"pm", "±"},
    {"pointright", "☞"}, {"pounds", "£"}, {"prec", "≺"}, {"precapprox", "≾"}, {"preceq", "⪯"}, {"prime", "′"}, {"prod", "∏"},
    {"propto", "∝"}, {"psi", "ψ"}, {"psur", "⤀"}, {"qoppa", "ϙ"}, {"quotedblbase", "„"}, {"quotesinglbase", "‚"},
    {"rVert", "‖"}, {"radiation", "☢"}, {"rangle", "⟩"}, {"rblot", "⦊"}, {"rbrace", "}"}, {"rbrack", "]"}, {"rbrbrak", "〕"},
    {"rceil", "⌉"}, {"recorder", "⌕"}, {"recycle", "♻"}, {"rfloor", "⌋"}, {"rgroup", "⟯"}, {"rhd", "▷"}, {"rho", "ρ"},
    {"rightanglearc", "⊾"}, {"rightarrow", "→"}, {"rightarrowtail", "↣"}, {"rightbarharpoon", "⥬"}, {"rightharpoondown", "⇁"},
    {"rightharpoonup", "⇀"}, {"rightleftarrows", "⇄"}, {"rightleftharpoon", "⥋"}, {"rightleftharpoons", "⇌"},
    {"rightmoon", "☽"}, {"rightrightarrows", "⇉"}, {"rightrightharpoons", "⥤"}, {"rightslice", "⪧"}, {"rightsquigarrow", "⇝"},
    {"rimg", "⦈"}, {"rmoustache", "⎱"}, {"rq", "’"}, {"rrbracket", "⟧"}, {"rtimes", "⋊"}, {"rvert", "|"}, {"sagittarius", "♐"},
    {"sampi", "ϡ"}, {"saturn", "♄"}, {"scorpio", "♏"}, {"searrow", "↘"}, {"setminus", "∖"}, {"sharp", "♯"}, {"sigma", "σ"},
    {"sim", "∼"}, {"simeq", "≃"}, {"skull", "☠"}, {"slash", "/"}, {"smallsetminus", "∖"}, {"smile", "⌣"}, {"smiley", "☺"},
    {"spadesuit", "♠"}, {"sphericalangle", "∢"}, {"sqcap", "⊓"}, {"sqcup", "⊔"}, {"sqrint", "⨖"}, {"sqsubset", "⊏"},
    {"sqsubseteq", "⊑"}, {"sqsupset", "⊐"}, {"sqsupseteq", "⊒"}, {"square", "□"}, {"ss", "ß"}, {"star", "⋆"},
    {"starequal", "≛"}, {"steaming", "☕"}, {"stigma", "ϛ"}, {"straightepsilon", "ϵ"}, {"straightphi", "ϕ"}, {"subset", "⊂"},
    {"subseteq", "⊆"}, {"subsetneq", "⊊"}, {"succ", "≻"}, {"succapprox", "≿"}, {"succeq", "⪰"}, {"sum", "∑"}, {"sun", "☉"},
    {"supset", "⊃"}, {"supseteq", "⊇"}, {"supsetneq", "⊋"}, {"surd", "√"}, {"surfintegral", "∯"}, {"swarrow", "↙"},
    {"swords", "⚔"}, {"tau", "τ"}, {"taurus", "♉"}, {"textAlpha", "Α"}, {"textBeta", "Β"}, {"textChi", "Χ"}, {"textDelta", "Δ"},
    {"textDigamma", "Ϝ"}, {"textEpsilon", "Ε"}, {"textEta", "Η"}, {"textGamma", "Γ"}, {"textHbar", "Ħ"}, {"textIota", "Ι"},
    {"textKappa", "Κ"}, {"textLambda", "Λ"}, {"textMu", "Μ"}, {"textNu", "Ν"}, {"textOmega", "Ω"}, {"textOmicron", "Ο"},
    {"textPhi", "Φ"}, {"textPi", "Π"}, {"textPsi", "Ψ"}, {"textRho", "Ρ"}, {"textSchwa", "Ə"}, {"textSigma", "Σ"},
    {"textStigma", "Ϛ"}, {"textTau", "Τ"}, {"textTheta", "Θ"}, {"textThorn", "Þ"}, {"textThornvari", "Þ"}, {"textTstroke", "Ŧ"},
    {"textUpsilon", "Υ"}, {"textXi", "Ξ"}, {"textZeta", "Ζ"}, {"textacutedbl", "˝"}, {"textalpha", "α"}, {"textampersand", "&"},
    {"textapprox", "≈"}, {"textasciiacute", "´"}, {"textasciibreve", "˘"}, {"textasciicaron", "ˇ"}, {"textasciicircum", "^"},
    {"textasciidieresis", "¨"}, {"textasciigrave", "`"}, {"textasciimacron", "¯"}, {"textasciitilde", "~"},
    {"textasteriskcentered", "∗"}, {"textat", "@"}, {"textautosigma", "ς"}, {"textbackslash", "\\"}, {"textbaht", "฿"},
    {"textbar", "|"}, {"textbardbl", "‖"}, {"textbari", "ɨ"}, {"textbarl", "ł"}, {"textbaro", "ɵ"}, {"textbaru", "ʉ"},
    {"textbeltl", "ɬ"}, {"textbeta", "β"}, {"textbigcircle", "◯"}, {"textblank", "␢"}, {"textborn", "⋆"},
    {"textbraceleft", "{"}, {"textbraceright", "}"}, {"textbrokenbar", "¦"}, {"textbullet", "•"}, {"textbullseye", "ʘ"},
    {"textcdot", "·"}, {"textcelsius", "℃"}, {"textcent", "¢"}, {"textcheckmark", "✓"}, {"textchi", "χ"}, {"textcircledP", "℗"},
    {"textcolon", ":"}, {"textcolonmonetary", "₡"}, {"textcomma", ","}, {"textcopyright", "©"}, {"textcrb", "ƀ"},
    {"textcrd", "đ"}, {"textcrh", "ħ"}, {"textctc", "ɕ"}, {"textctz", "ʑ"}, {"textcurrency", "¤"}, {"textdagger", "†"},
    {"textdaggerdbl", "‡"}, {"textdblhyphen", "⸗"}, {"textdegree", "°"}, {"textdelta", "δ"}, {"textdh", "ð"}, {"textdied", "†"},
    {"textdigamma", "ϝ"}, {"textdiscount", "⁒"}, {"textdiv", "÷"}, {"textdivorced", "⚮"}, {"textdj", "đ"}, {"textdollar", "$"},
    {"textdong", "₫"}, {"textdoublebarpipe", "ǂ"}, {"textdoublepipe", "ǁ"}, {"textdownarrow", "↓"}, {"textdprime", "″"},
    {"textellipsis", "…"}, {"textemdash", "—"}, {"textendash", "–"}, {"texteng", "ŋ"}, {"textepsilon", "ε"},
    {"textequals", "="}, {"textesh", "ʃ"}, {"textestimated", "℮"}, {"texteta", "η"}, {"texteuro", "€"}, {"textexclam", "!"},
    {"textexclamdown", "¡"}, {"textezh", "ʒ"}, {"textfahrenheit", "℉"}, {"textfigdash", "‒"}, {"textfinalsigma", "ς"},
    {"textflorin", "ƒ"}, {"textfractionsolidus", "⁄"}, {"textgamma", "γ"}, {"textgeq", "≥"}, {"textglotstop", "ʔ"},
    {"textgravedbl", "˵"}, {"textgreater", ">"}, {"textguarani", "₲"}, {"textguillemotleft", "«"}, {"textguillemotright", "»"},
    {"textguilsinglleft", "‹"}, {"textguilsinglright", "›"}, {"texthorizontalbar", "―"}, {"texthtb", "ɓ"}, {"texthtd", "ɗ"},
    {"texthtk", "ƙ"}, {"texthyphen", "-"}, {"textinfty", "∞"}, {"textinterrobang", "‽"}, {"textinterrobangdown", "⸘"},
    {"textinvinterrobang", "⸘"}, {"textinvscr", "ʁ"}, {"textiota", "ι"}, {"textipsilon", "ɩ"}, {"textkappa", "κ"},
    {"textlambda", "λ"}, {"textlangle", "⟨"}, {"textlbrace", "{"}, {"textlbrackdbl", "⟦"}, {"textleftarrow", "←"},
    {"textleftrightarrow", "↔"}, {"textleq", "≤"}, {"textless", "<"}, {"textlhti", "ɿ"}, {"textlira", "₤"}, {"textlnot", "¬"},
    {"textlquill", "⁅"}, {"textltailn", "ɲ"}, {"textlyoghlig", "ɮ"}, {"textmarried", "⚭"}, {"textmho", "℧"}, {"textmicro", "µ"},
    {"textminus", "−"}, {"textmp", "∓"}, {"textmu", "µ"}, {"textmugreek", "μ"}, {"textmultiply", "×"}, {"textmusicalnote", "♪"},
    {"textnaira", "₦"}, {"textneq", "≠"}, {"textnonbreakinghyphen", "‑"}, {"textnu", "ν"}, {"textnumbersign", "#"},
    {"textnumero", "№"}, {"textohm", "Ω"}, {"textomega", "ω"}, {"textomicron", "ο"}, {"textonehalf", "½"},
    {"textonequarter", "¼"}, {"textonesuperior", "¹"}, {"textopenbullet", "◦"}, {"textopeno", "ɔ"}, {"textordfeminine", "ª"},
    {"textordmasculine", "º"}, {"textparagraph", "¶"}, {"textpercent", "%"}, {"textperiodcentered", "·"}, {"textpermille", "‰"},
    {"textpertenthousand", "‱"}, {"textperthousand", "‰"}, {"textpeso", "₱"}, {"textphi", "ɸ"}, {"textpi", "π"},
    {"textpilcrow", "¶"}, {"textpipe", "ǀ"}, {"textplus", "+"}, {"textpm", "±"}, {"textprime", "′"}, {"textpsi", "ψ"},
    {"textquestiondown", "¿"}, {"textquotedbl", "\""}, {"textquotedblbase", "„"}, {"textquotedblleft", "“"},
    {"textquotedblright", "”"}, {"textquoteleft", "‘"}, {"textquoteright", "’"}, {"textquotesinglbase", "‚"},
    {"textquotesingle", "'"}, {"textquotestraightbase", "‚"}, {"textquotestraightdblbase", "„"}, {"textraiseglotstop", "ˀ"},
    {"textrangle", "⟩"}, {"textrbrace", "}"}, {"textrbrackdbl", "⟧"}, {"textrecipe", "℞"}, {"textreferencemark", "※"},
    {"textregistered", "®"}, {"textrho", "ρ"}, {"textrightarrow", "→"}, {"textriota", "℩"}, {"textrquill", "⁆"},
    {"textrtaild", "ɖ"}, {"textrtaill", "ɭ"}, {"textrtailn", "ɳ"}, {"textrtailr", "ɽ"}, {"textrtails", "ʂ"},
    {"textrtailt", "ʈ"}, {"textrtailz", "ʐ"}, {"textruble", "₽"}, {"textrupee", "₹"}, {"textscb", "ʙ"}, {"textscg", "ɢ"},
    {"textsch", "ʜ"}, {"textschwa", "ə"}, {"textsci", "ɪ"}, {"textscl", "ʟ"}, {"textscn", "ɴ"}, {"textscoelig", "ɶ"},
    {"textscr", "ʀ"}, {"textscripta", "ɑ"}, {"textscy", "ʏ"}, {"textsection", "§"}, {"textsemicolon", ";"},
    {"textservicemark", "℠"}, {"textsigma", "σ"}, {"textslash", "/"}, {"textsoftsign", "ь"}, {"textsquare", "□"},
    {"textss", "ß"}, {"textsterling", "£"}, {"textstigma", "ϛ"}, {"textsubscripttwo", "₂"}, {"textsurd", "√"}, {"texttau", "τ"},
    {"textth", "þ"}, {"texttheta", "θ"}, {"textthorn", "þ"}, {"textthreequarters", "¾"}, {"textthreesuperior", "³"},
    {"texttilde", "~"}, {"texttildelow", "˷"}, {"texttimes", "×"}, {"texttm", "™"}, {"texttrademark", "™"},
    {"texttstroke", "ŧ"}, {"textturna", "ɐ"}, {"textturnh", "ɥ"}, {"textturnm", "ɯ"}, {"textturnr", "ɹ"}, {"textturnv", "ʌ"},
    {"textturnw", "ʍ"}, {"textturny", "ʎ"}, {"texttwosuperior", "²"}, {"textunderscore", "_"}, {"textuparrow", "↑"},
    {"textupsilon", "υ"}, {"textvarsigma", "ς"}, {"textvartheta", "ϑ"}, {"textvisiblespace", "␣"}, {"textwon", "₩"},
    {"textxi", "ξ"}, {"textyen", "¥"}, {"textyogh", "ʒ"}, {"textzeta", "ζ"}, {"th", "þ"}, {"therefore", "∴"}, {"theta", "θ"},
    {"tildetrpl", "≋"}, {"times", "×"}, {"to", "→"}, {"top", "⊤"}, {"triangle", "△"}, {"triangledown", "▽"},
    {"triangleleft", "◁"}, {"triangleq", "≜"}, {"triangleright", "▷"}, {"truestate", "⊧"}, {"twoheadrightarrow", "↠"},
    {"twonotes", "♫"}, {"upalpha", "α"}, {"uparrow", "↑"}, {"upbeta", "β"}, {"upchi", "χ"}, {"updelta", "δ"},
    {"updownarrow", "↕"}, {"upepsilon", "ε"}, {"upeta", "η"}, {"upgamma", "γ"}, {"upiota", "ι"}, {"upkappa", "κ"},
    {"uplambda", "λ"}, {"uplus", "⊎"}, {"upmu", "μ"}, {"upnu", "ν"}, {"upomega", "ω"}, {"upomicron", "ο"}, {"upphi", "φ"},
    {"uppi", "π"}, {"uppsi", "ψ"}, {"uprho", "ρ"}, {"upsigma", "σ"}, {"upsilon", "υ"}, {"upslopeellipsis", "⋰"}, {"uptau", "τ"},
    {"uptheta", "θ"}, {"upupharpoons", "⥣"}, {"upupsilon", "υ"}, {"upvarTheta", "ϴ"}, {"upvarepsilon", "ε"}, {"upvarphi", "φ"},
    {"upvarpi", "ϖ"}, {"upvarrho", "ϱ"}, {"upvarsigma", "ς"}, {"upvartheta", "ϑ"}, {"upxi", "ξ"}, {"upzeta", "ζ"},
    {"uranus", "♅"}, {"vDash", "⊨"}, {"varAlpha", "Α"}, {"varBeta", "Β"}, {"varChi", "Χ"}, {"varDelta", "Δ"},
    {"varEpsilon", "Ε"}, {"varEta", "Η"}, {"varGamma", "Γ"}, {"varIota", "Ι"}, {"varKappa", "Κ"}, {"varLambda", "Λ"},
    {"varMu", "Μ"}, {"varNu", "Ν"}, {"varOmega", "Ω"}, {"varOmicron", "Ο"}, {"varPhi", "Φ"}, {"varPi", "Π"}, {"varPsi", "Ψ"},
    {"varRho", "Ρ"}, {"varSigma", "Σ"}, {"varTau", "Τ"}, {"varTheta", "Θ"}, {"varUpsilon", "Υ"}, {"varXi", "Ξ"},
    {"varZeta", "Ζ"}, {"varepsilon", "ε"}, {"varkappa", "ϰ"}, {"varnothing", "∅"}, {"varphi", "φ"}, {"varpi", "ϖ"},
    {"varprod", "⨉"}, {"varpropto", "∝"}, {"varrho", "ϱ"}, {"varsigma", "ς"}, {"varsubsetneqq", "⊊︀"}, {"varsupsetneq", "⊋︀"},
    {"vartheta", "ϑ"}, {"vdash", "⊢"}, {"vdots", "⋮"}, {"vee", "∨"}, {"venus", "♀"}, {"vert", "|"}, {"verymuchgreater", "⋙"},
    {"verymuchless", "⋘"}, {"virgo", "♍"}, {"volintegral", "∰"}, {"warning", "⚠"}, {"wasylozenge", "⌑"}, {"wedge", "∧"},
    {"wp", "℘"}, {"wr", "≀"}, {"xi", "ξ"}, {"yen", "¥"}, {"yinyang", "☯"}, {"zeta", "ζ"}, {"zhide", "⧹"},
};
/* clang-format on */
enum { CHARACTERS = sizeof characters / sizeof *characters };

/* Accents as combining marks. A name of letters needs a blank, a brace or another command behind it. */
/* clang-format off */
static const struct accent {
    const char *name, *mark, *alone; /* alone: over nothing, "\\'{}"; NULL: not met */
} accents[] = {
    {"\"", "\u0308", "¨"}, {"'", "\u0301", "´"}, {".", "\u0307", "˙"}, {"=", "\u0304", "¯"}, {"G", "\u030F", NULL},
    {"H", "\u030B", "˝"}, {"U", "\u030E", NULL}, {"^", "\u0302", "^"}, {"`", "\u0300", "`"}, {"b", "\u0331", NULL},
    {"c", "\u0327", "¸"}, {"capitalacute", "\u0301", NULL}, {"capitalbreve", "\u0306", NULL}, {"capitalcaron", "\u030C", NULL},
    {"capitalcedilla", "\u0327", NULL}, {"capitalcircumflex", "\u0302", NULL}, {"capitaldieresis", "\u0308", NULL},
    {"capitaldotaccent", "\u0307", NULL}, {"capitalgrave", "\u0300", NULL}, {"capitalhungarumlaut", "\u030B", NULL},
    {"capitalmacron", "\u0304", NULL}, {"capitalogonek", "\u0328", NULL}, {"capitalring", "\u030A", NULL},
    {"capitaltie", "\u0361", NULL}, {"capitaltilde", "\u0303", NULL}, {"cyrbreve", "\u0306", NULL}, {"d", "\u0323", NULL},
    {"f", "\u0311", NULL}, {"h", "\u0309", NULL}, {"k", "\u0328", "˛"}, {"newtie", "\u0361", NULL}, {"not", "\u0338", NULL},
    {"r", "\u030A", "˚"}, {"t", "\u0361", NULL}, {"textacutemacron", "\u0304\u0301", NULL}, {"textbreve", "\u0306", NULL},
    {"textcommaabove", "\u0313", NULL}, {"textcommabelow", "\u0326", NULL}, {"textdotbelow", "\u0323", NULL},
    {"textdoublegrave", "\u030F", NULL}, {"textogonekcentered", "\u0328", NULL}, {"textringmacron", "\u030A\u0304", NULL},
    {"textroundcap", "\u0311", NULL}, {"textsubacute", "\u0317", NULL}, {"textsubarch", "\u032F", NULL},
    {"textsubbar", "\u0331", NULL}, {"textsubbreve", "\u032E", NULL}, {"textsubbridge", "\u032A", NULL},
    {"textsubcircum", "\u032D", NULL}, {"textsubdot", "\u0323", NULL}, {"textsubgrave", "\u0316", NULL},
    {"textsubring", "\u0325", NULL}, {"textsubtilde", "\u0330", NULL}, {"textsubumlaut", "\u0324", NULL},
    {"textsubwedge", "\u032C", NULL}, {"textsyllabic", "\u0329", NULL}, {"textvbaraccent", "\u030D", NULL},
    {"u", "\u0306", "˘"}, {"v", "\u030C", "ˇ"}, {"~", "\u0303", "~"},
};
/* clang-format on */
enum { ACCENTS = sizeof accents / sizeof *accents };

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* Both tables begin their items with the name. */
static int compare(const void *key, const void *item)
{
    return strcmp(key, *(const char *const *)item);
}

static const void *find(const void *list, size_t count, size_t size, const char *name, size_t length)
{
    char copy[MAX_NAME + 1];
    if (!length || length > MAX_NAME)
        return NULL;
    memcpy(copy, name, length);
    copy[length] = '\0';
    return bsearch(copy, list, count, size, compare);
}

const char *tex_letters_named(const char *name, size_t length)
{
    const struct named *found = find(characters, CHARACTERS, sizeof *characters, name, length);
    return found ? found->text : NULL;
}

const char *tex_letters_at(size_t index, const char **ret_text)
{
    if (index >= CHARACTERS)
        return NULL;
    *ret_text = characters[index].text;
    return characters[index].name;
}

/* The letters of a command behind its backslash, or its one sign. */
static size_t name_length(const char *text, size_t length)
{
    size_t size = 0;
    while (size < length && is_letter(text[size]))
        size++;
    return size ? size : length > 0;
}

/* Whether the name belongs to running text, where TeX takes the blank behind it: a letter of Latin or Cyrillic, or \text… */
static bool takes_blank(const char *name, const char *text)
{
    unsigned char first = (unsigned char)text[0];
    bool sign = first == 0xC3 && ((unsigned char)text[1] == 0x97 || (unsigned char)text[1] == 0xB7); /* × and ÷ */
    bool cyrillic = first >= 0xD0 && first <= 0xD3;
    return (first >= 0xC3 && first <= 0xCA && !sign) || cyrillic || strncmp(name, "text", 4) == 0;
}

static size_t read_named(const char *text, size_t length, struct bytes *out)
{
    size_t size = name_length(text + 1, length - 1);
    const char *character = tex_letters_named(text + 1, size);
    if (!character)
        return 0;
    bytes_put(out, character, strlen(character));
    size_t at = 1 + size;
    if (at + 1 < length && text[at] == '{' && text[at + 1] == '}')
        return at + 2;
    return at < length && text[at] == ' ' && takes_blank(text + 1, character) ? at + 1 : at;
}

static void put_point(struct bytes *out, unsigned point)
{
    if (point >= 0x10000)
        bytes_put_u8(out, (uint8_t)(0xF0 | point >> 18));
    bytes_put_u8(out, (uint8_t)(point >= 0x10000 ? 0x80 | (point >> 12 & 0x3F) : 0xE0 | point >> 12));
    bytes_put_u8(out, (uint8_t)(0x80 | (point >> 6 & 0x3F)));
    bytes_put_u8(out, (uint8_t)(0x80 | (point & 0x3F)));
}

/* "\\ding{51}": the font's places in the order of Unicode's block, but for those that stand elsewhere. */
static size_t read_ding(const char *text, size_t length, struct bytes *out)
{
    static const uint16_t elsewhere[][2] = {{37, 0x260E},  {42, 0x261B},  {43, 0x261E},  {72, 0x2605},  {108, 0x25CF},
                                            {110, 0x25A0}, {115, 0x25B2}, {116, 0x25BC}, {117, 0x25C6}, {119, 0x25D7},
                                            {168, 0x2663}, {169, 0x2666}, {170, 0x2665}, {171, 0x2660}, {213, 0x2192},
                                            {214, 0x2194}, {215, 0x2195}};
    size_t at = strlen("\\ding{");
    unsigned place = 0;
    if (length <= at || memcmp(text, "\\ding{", at) != 0)
        return 0;
    for (; at < length && place < 1000 && text[at] >= '0' && text[at] <= '9'; at++)
        place = 10 * place + (unsigned)(text[at] - '0');
    if (at == length || text[at] != '}' || place < 33 || place > 254 || (place > 126 && place < 161))
        return 0;
    unsigned point = place <= 126 ? 0x2701 + place - 33 : 0x2761 + place - 161;
    if (place >= 172 && place <= 181)
        point = 0x2460 + place - 172;
    for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
        point = elsewhere[i][0] == place ? elsewhere[i][1] : point;
    put_point(out, point);
    return at + 1;
}

/* ---- alphabets of mathematics ---- */

/* Where the letters of each stand in Unicode: from A and a, from Α (with α 26 behind it), from 0; 0 for none. */
static const struct alphabet {
    const char *name;
    unsigned latin, greek, digits;
} alphabets[] = {
    {"mathbb", 0x1D538, 0, 0x1D7D8},     {"mathbf", 0x1D400, 0x1D6A8, 0x1D7CE}, {"mathbit", 0x1D468, 0x1D71C, 0},
    {"mathcal", 0x1D49C, 0, 0},          {"mathfrak", 0x1D504, 0, 0},           {"mathmit", 0x1D434, 0x1D6E2, 0},
    {"mathscr", 0x1D49C, 0, 0},          {"mathsf", 0x1D5A0, 0, 0x1D7E2},       {"mathsfbf", 0x1D5D4, 0x1D756, 0x1D7EC},
    {"mathsfbfsl", 0x1D63C, 0x1D790, 0}, {"mathsfsl", 0x1D608, 0, 0},           {"mathslbb", 0x1D538, 0, 0},
    {"mathtt", 0x1D670, 0, 0x1D7F6},
};

/* Letters that stood in Unicode before their alphabet did. */
static unsigned older_place(unsigned point)
{
    static const unsigned places[][2] = {
        {0x1D455, 0x210E}, {0x1D49D, 0x212C}, {0x1D4A0, 0x2130}, {0x1D4A1, 0x2131}, {0x1D4A3, 0x210B}, {0x1D4A4, 0x2110},
        {0x1D4A7, 0x2112}, {0x1D4A8, 0x2133}, {0x1D4AD, 0x211B}, {0x1D4BA, 0x212F}, {0x1D4BC, 0x210A}, {0x1D4C4, 0x2134},
        {0x1D506, 0x212D}, {0x1D50B, 0x210C}, {0x1D50C, 0x2111}, {0x1D515, 0x211C}, {0x1D51D, 0x2128}, {0x1D53A, 0x2102},
        {0x1D53F, 0x210D}, {0x1D545, 0x2115}, {0x1D547, 0x2119}, {0x1D548, 0x211A}, {0x1D549, 0x211D}, {0x1D551, 0x2124}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (places[i][0] == point)
            return places[i][1];
    return point;
}

/* The place of a character in an alphabet; 0 when it has none. `letter` is UTF-8. */
static unsigned place_in(const struct alphabet *alphabet, const char *letter, size_t length)
{
    unsigned char first = (unsigned char)letter[0];
    if (length == 1 && first >= 'A' && first <= 'Z')
        return alphabet->latin + first - 'A';
    if (length == 1 && first >= 'a' && first <= 'z')
        return alphabet->latin + 26 + first - 'a';
    if (length == 1 && first >= '0' && first <= '9' && alphabet->digits)
        return alphabet->digits + first - '0';
    unsigned point = length == 2 && (first == 0xCE || first == 0xCF) ? (first & 0x1FU) << 6 | ((unsigned char)letter[1] & 0x3FU)
                                                                     : 0;
    if (!alphabet->greek || !point)
        return 0;
    if (point >= 0x391 && point <= 0x3A9)
        return alphabet->greek + point - 0x391;
    return point >= 0x3B1 && point <= 0x3C9 ? alphabet->greek + 26 + point - 0x3B1 : 0;
}

size_t tex_letters_of_alphabet(const char *text, size_t length, struct bytes *out)
{
    size_t size = name_length(text + 1, length - 1), at = 2 + size;
    const struct alphabet *alphabet = find(alphabets, sizeof alphabets / sizeof *alphabets, sizeof *alphabets, text + 1, size);
    if (!alphabet || at >= length || text[at - 1] != '{')
        return 0;
    const char *letter = text + at;
    size_t used = text[at] == '\\' ? 1 + name_length(text + at + 1, length - at - 1) : 1;
    if (text[at] == '\\')
        letter = tex_letters_named(text + at + 1, used - 1);
    if (!letter || at + used >= length || text[at + used] != '}')
        return 0;
    unsigned point = place_in(alphabet, letter, *letter && text[at] == '\\' ? strlen(letter) : 1);
    if (!point)
        return 0;
    put_point(out, older_place(point));
    return at + used + 1;
}

/* ---- accents ---- */

static size_t read_accent(const char *text, size_t length, unsigned depth, struct bytes *out);

static size_t width_of(unsigned char first)
{
    return first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 0;
}

/* Dotless i and j get their dots back: the letters with accents have none of their own. */
static void dot(struct bytes *out, size_t mark)
{
    if (out->failed || out->length != mark + 2)
        return;
    bool dotless_i = memcmp(out->data + mark, "ı", 2) == 0, dotless_j = memcmp(out->data + mark, "ȷ", 2) == 0;
    if (dotless_i || dotless_j) {
        out->data[mark] = dotless_i ? 'i' : 'j';
        out->length = mark + 1;
    }
}

/* What an accent stands over: a letter, a character by name, or another accent with its letter. */
static size_t read_base(const char *text, size_t length, unsigned depth, struct bytes *out)
{
    size_t used = 0, mark = out->length;
    if (!length || depth > MAX_DEPTH)
        return 0;
    if (text[0] == '\\') {
        used = read_accent(text, length, depth + 1, out);
        used = used ? used : read_named(text, length, out);
    } else if (is_letter(text[0]) || (text[0] >= '0' && text[0] <= '9') || memchr("=<>|", text[0], 4)) {
        bytes_put(out, text, used = 1);
    } else if ((unsigned char)text[0] >= 0x80) {
        used = width_of((unsigned char)text[0]);
        used = used <= length ? used : 0;
        bytes_put(out, text, used);
    }
    dot(out, mark);
    return used;
}

/* The rest of a group behind its first letter, to the brace: letters alone. */
static size_t read_rest(const char *text, size_t length, struct bytes *out)
{
    size_t at = 0;
    while (at < length && at < MAX_GROUP && (is_letter(text[at]) || (unsigned char)text[at] >= 0x80))
        at++;
    if (at == length || text[at] != '}')
        return 0;
    bytes_put(out, text, at);
    return at + 1;
}

/* "{}" or "\\ " behind an accent: it stands alone. */
static size_t read_nothing(const char *text, size_t length)
{
    return length >= 2 && (memcmp(text, "{}", 2) == 0 || memcmp(text, "\\ ", 2) == 0) ? 2 : 0;
}

/* A circumflex or a breve belongs to its letter, and a tone stands over both, in whatever order they were written: \^{\'e} is ế. */
static void put_mark(struct bytes *out, const char *mark)
{
    static const char *const tones[] = {"\u0301", "\u0300", "\u0303", "\u0309"};
    bool of_letter = strcmp(mark, "\u0302") == 0 || strcmp(mark, "\u0306") == 0;
    for (size_t i = 0; of_letter && !out->failed && out->length > 2 && i < sizeof tones / sizeof *tones; i++)
        if (memcmp(out->data + out->length - 2, tones[i], 2) == 0) {
            out->length -= 2;
            bytes_put(out, mark, 2);
            mark = tones[i];
            break;
        }
    bytes_put(out, mark, strlen(mark));
}

/* An accent and what it stands over: \'e \'{e} \v{s} \H o \"{\i} \'{\^e} \t{oo}. */
static size_t read_accent(const char *text, size_t length, unsigned depth, struct bytes *out)
{
    size_t size = name_length(text + 1, length - 1), mark = out->length, at = 1 + size;
    const struct accent *accent = find(accents, ACCENTS, sizeof *accents, text + 1, size);
    if (!accent)
        return 0;
    size_t nothing = accent->alone ? read_nothing(text + at, length - at) : 0;
    if (nothing) {
        bytes_put(out, accent->alone, strlen(accent->alone));
        return at + nothing;
    }
    while (at < length && text[at] == ' ')
        at++;
    size_t braces = 0; /* {{e}} protects twice */
    while (at < length && text[at] == '{' && braces < 2) {
        braces++;
        at++;
    }
    size_t used = at < length ? read_base(text + at, length - at, depth, out) : 0;
    at += used;
    put_mark(out, accent->mark);
    if (used && braces)
        at += used = read_rest(text + at, length - at, out);
    if (used && braces == 2)
        at += used = at < length && text[at] == '}';
    if (!used)
        out->length = out->length > mark ? mark : out->length;
    return used ? at : 0;
}

size_t tex_letters_read(const char *text, size_t length, struct bytes *out)
{
    size_t used = read_accent(text, length, 0, out);
    used = used ? used : read_ding(text, length, out);
    return used ? used : read_named(text, length, out);
}
