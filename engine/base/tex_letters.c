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
    {"AA", "Å"}, {"AE", "Æ"}, {"Alpha", "Α"}, {"Angstrom", "Å"}, {"AngstromUnit", "Å"}, {"Bbbk", "𝕜"}, {"Beta", "Β"},
    {"BibTeX", "BibTeX"}, {"Box", "□"}, {"Chi", "Χ"}, {"DH", "Ð"}, {"DJ", "Đ"}, {"Delta", "Δ"}, {"Diamond", "◇"},
    {"Digamma", "Ϝ"}, {"Downarrow", "⇓"}, {"EUR", "€"}, {"Earth", "⊕"}, {"Epsilon", "Ε"}, {"Eta", "Η"}, {"Euro", "€"},
    {"Finv", "Ⅎ"}, {"Game", "⅁"}, {"Gamma", "Γ"}, {"IJ", "Ĳ"}, {"Im", "ℑ"}, {"Iota", "Ι"}, {"Join", "⋈"}, {"Jupiter", "♃"},
    {"Kappa", "Κ"}, {"Koppa", "Ϟ"}, {"L", "Ł"}, {"LaTeX", "LaTeX"}, {"LaTeXe", "LaTeX2ε"}, {"Lambda", "Λ"}, {"Leftarrow", "⇐"},
    {"Leftrightarrow", "⇔"}, {"Longleftarrow", "⟸"}, {"Longleftrightarrow", "⟺"}, {"Longrightarrow", "⟹"}, {"LuaTeX", "LuaTeX"},
    {"Mars", "♂"}, {"Mercury", "☿"}, {"Mu", "Μ"}, {"NG", "Ŋ"}, {"Neptune", "♆"}, {"Nu", "Ν"}, {"O", "Ø"}, {"OE", "Œ"},
    {"Omega", "Ω"}, {"Omicron", "Ο"}, {"P", "¶"}, {"Phi", "Φ"}, {"Pi", "Π"}, {"Pluto", "♇"}, {"Psi", "Ψ"}, {"Re", "ℜ"},
    {"Rho", "Ρ"}, {"Rightarrow", "⇒"}, {"S", "§"}, {"SS", "ẞ"}, {"Sampi", "Ϡ"}, {"Saturn", "♄"}, {"Sigma", "Σ"},
    {"Stigma", "Ϛ"}, {"Subset", "⋐"}, {"Sun", "☉"}, {"Supset", "⋑"}, {"TH", "Þ"}, {"Tau", "Τ"}, {"TeX", "TeX"}, {"Theta", "Θ"},
    {"Upalpha", "Α"}, {"Uparrow", "⇑"}, {"Upbeta", "Β"}, {"Upchi", "Χ"}, {"Updelta", "Δ"}, {"Updownarrow", "⇕"},
    {"Upepsilon", "Ε"}, {"Upeta", "Η"}, {"Upgamma", "Γ"}, {"Upiota", "Ι"}, {"Upkappa", "Κ"}, {"Uplambda", "Λ"}, {"Upmu", "Μ"},
    {"Upnu", "Ν"}, {"Upomega", "Ω"}, {"Upomicron", "Ο"}, {"Upphi", "Φ"}, {"Uppi", "Π"}, {"Uppsi", "Ψ"}, {"Uprho", "Ρ"},
    {"Upsigma", "Σ"}, {"Upsilon", "Υ"}, {"Uptau", "Τ"}, {"Uptheta", "Θ"}, {"Upupsilon", "Υ"}, {"Upxi", "Ξ"}, {"Upzeta", "Ζ"},
    {"Uranus", "♅"}, {"Vdash", "⊩"}, {"Venus", "♀"}, {"Vert", "‖"}, {"XeTeX", "XeTeX"}, {"Xi", "Ξ"}, {"Zeta", "Ζ"}, {"aa", "å"},
    {"ae", "æ"}, {"aleph", "ℵ"}, {"alpha", "α"}, {"amalg", "⨿"}, {"angle", "∠"}, {"angstrom", "Å"}, {"approx", "≈"},
    {"approxeq", "≊"}, {"ast", "∗"}, {"astrosun", "☉"}, {"asymp", "≍"}, {"backprime", "‵"}, {"backsim", "∽"},
    {"backslash", "\\"}, {"because", "∵"}, {"beta", "β"}, {"beth", "ℶ"}, {"bigcap", "⋂"}, {"bigcirc", "◯"}, {"bigcup", "⋃"},
    {"bigoplus", "⨁"}, {"bigotimes", "⨂"}, {"bigstar", "★"}, {"bigtriangledown", "▽"}, {"bigtriangleup", "△"}, {"bigvee", "⋁"},
    {"bigwedge", "⋀"}, {"blacklozenge", "⧫"}, {"blacksquare", "■"}, {"blacktriangle", "▲"}, {"blacktriangledown", "▼"},
    {"blacktriangleleft", "◀"}, {"blacktriangleright", "▶"}, {"bot", "⊥"}, {"bowtie", "⋈"}, {"boxdot", "⊡"}, {"boxminus", "⊟"},
    {"boxplus", "⊞"}, {"boxtimes", "⊠"}, {"bullet", "∙"}, {"cap", "∩"}, {"cdot", "⋅"}, {"cdotp", "·"}, {"cdots", "⋯"},
    {"celsius", "℃"}, {"cent", "¢"}, {"checkmark", "✓"}, {"chi", "χ"}, {"circ", "∘"}, {"circlearrowleft", "↺"},
    {"circlearrowright", "↻"}, {"circledR", "®"}, {"circledS", "Ⓢ"}, {"clubsuit", "♣"}, {"colon", ":"}, {"coloneqq", "≔"},
    {"complement", "∁"}, {"cong", "≅"}, {"coprod", "∐"}, {"copyright", "©"}, {"cup", "∪"}, {"curvearrowright", "↷"},
    {"dag", "†"}, {"dagger", "†"}, {"daleth", "ℸ"}, {"dashv", "⊣"}, {"ddag", "‡"}, {"ddagger", "‡"}, {"ddots", "⋱"},
    {"degree", "°"}, {"delta", "δ"}, {"dh", "ð"}, {"diamond", "⋄"}, {"diamondsuit", "♢"}, {"digamma", "ϝ"}, {"ding", "✓"},
    {"div", "÷"}, {"dj", "đ"}, {"doteq", "≐"}, {"dots", "…"}, {"dotsb", "…"}, {"dotsc", "…"}, {"dotsi", "…"}, {"dotsm", "…"},
    {"dotso", "…"}, {"downarrow", "↓"}, {"earth", "⊕"}, {"eighthnote", "♪"}, {"ell", "ℓ"}, {"emptyset", "∅"}, {"epsilon", "ε"},
    {"eqcolon", "≕"}, {"equiv", "≡"}, {"eta", "η"}, {"eth", "ð"}, {"euro", "€"}, {"exists", "∃"}, {"female", "♀"},
    {"flat", "♭"}, {"flq", "‹"}, {"flqq", "«"}, {"forall", "∀"}, {"frownie", "☹"}, {"frq", "›"}, {"frqq", "»"}, {"gamma", "γ"},
    {"ge", "≥"}, {"geq", "≥"}, {"geqq", "≧"}, {"geqslant", "⩾"}, {"gets", "←"}, {"gg", "≫"}, {"ggg", "⋙"}, {"gimel", "ℷ"},
    {"glq", "‚"}, {"glqq", "„"}, {"greater", ">"}, {"grq", "‘"}, {"grqq", "“"}, {"gt", ">"}, {"gtrapprox", "⪆"},
    {"gtrless", "≷"}, {"gtrsim", "≳"}, {"guillemetleft", "«"}, {"guillemetright", "»"}, {"guillemotleft", "«"},
    {"guillemotright", "»"}, {"guilsinglleft", "‹"}, {"guilsinglright", "›"}, {"hbar", "ℏ"}, {"heartsuit", "♡"},
    {"hookleftarrow", "↩"}, {"hookrightarrow", "↪"}, {"hslash", "ℏ"}, {"i", "ı"}, {"iff", "⟺"}, {"iiint", "∭"}, {"iint", "∬"},
    {"ij", "ĳ"}, {"imath", "ı"}, {"impliedby", "⟸"}, {"implies", "⟹"}, {"in", "∈"}, {"infty", "∞"}, {"int", "∫"}, {"iota", "ι"},
    {"j", "ȷ"}, {"jmath", "ȷ"}, {"jupiter", "♃"}, {"kappa", "κ"}, {"koppa", "ϟ"}, {"l", "ł"}, {"lVert", "‖"}, {"lambda", "λ"},
    {"lambdabar", "ƛ"}, {"land", "∧"}, {"langle", "⟨"}, {"lbrace", "{"}, {"lbrack", "["}, {"lceil", "⌈"}, {"ldots", "…"},
    {"le", "≤"}, {"leadsto", "⇝"}, {"leftarrow", "←"}, {"leftharpoondown", "↽"}, {"leftharpoonup", "↼"},
    {"leftleftarrows", "⇇"}, {"leftmoon", "☾"}, {"leftrightarrow", "↔"}, {"leftrightarrows", "⇆"}, {"leftrightharpoons", "⇋"},
    {"leq", "≤"}, {"leqq", "≦"}, {"leqslant", "⩽"}, {"less", "<"}, {"lessapprox", "⪅"}, {"lessgtr", "≶"}, {"lesssim", "≲"},
    {"lfloor", "⌊"}, {"ll", "≪"}, {"lll", "⋘"}, {"lnot", "¬"}, {"longleftarrow", "⟵"}, {"longleftrightarrow", "⟷"},
    {"longmapsto", "⟼"}, {"longrightarrow", "⟶"}, {"lor", "∨"}, {"lozenge", "◊"}, {"lq", "‘"}, {"lt", "<"}, {"ltimes", "⋉"},
    {"lvert", "|"}, {"male", "♂"}, {"maltese", "✠"}, {"mapsto", "↦"}, {"mars", "♂"}, {"mathellipsis", "…"},
    {"measuredangle", "∡"}, {"mercury", "☿"}, {"mho", "℧"}, {"micro", "µ"}, {"mid", "∣"}, {"models", "⊨"}, {"mp", "∓"},
    {"mu", "μ"}, {"nabla", "∇"}, {"napprox", "≉"}, {"natural", "♮"}, {"ncong", "≇"}, {"ne", "≠"}, {"nearrow", "↗"},
    {"neg", "¬"}, {"neptune", "♆"}, {"neq", "≠"}, {"nequiv", "≢"}, {"nexists", "∄"}, {"ng", "ŋ"}, {"ngeq", "≱"}, {"ngtr", "≯"},
    {"ni", "∋"}, {"nleftarrow", "↚"}, {"nleq", "≰"}, {"nless", "≮"}, {"nmid", "∤"}, {"notin", "∉"}, {"nparallel", "∦"},
    {"nrightarrow", "↛"}, {"nsim", "≁"}, {"nsubseteq", "⊈"}, {"nsupseteq", "⊉"}, {"nu", "ν"}, {"nwarrow", "↖"}, {"o", "ø"},
    {"odot", "⊙"}, {"oe", "œ"}, {"ohm", "Ω"}, {"oint", "∮"}, {"omega", "ω"}, {"omicron", "ο"}, {"ominus", "⊖"}, {"oplus", "⊕"},
    {"oslash", "⊘"}, {"otimes", "⊗"}, {"owns", "∋"}, {"parallel", "∥"}, {"partial", "∂"}, {"perp", "⊥"}, {"perthousand", "‰"},
    {"phi", "φ"}, {"phone", "☎"}, {"pi", "π"}, {"pluto", "♇"}, {"pm", "±"}, {"pounds", "£"}, {"prec", "≺"}, {"preceq", "⪯"},
    {"prime", "′"}, {"prod", "∏"}, {"propto", "∝"}, {"psi", "ψ"}, {"quotedblbase", "„"}, {"quotesinglbase", "‚"},
    {"rVert", "‖"}, {"rangle", "⟩"}, {"rbrace", "}"}, {"rbrack", "]"}, {"rceil", "⌉"}, {"rfloor", "⌋"}, {"rho", "ρ"},
    {"rightarrow", "→"}, {"rightarrowtail", "↣"}, {"rightharpoondown", "⇁"}, {"rightharpoonup", "⇀"}, {"rightleftarrows", "⇄"},
    {"rightleftharpoons", "⇌"}, {"rightmoon", "☽"}, {"rightrightarrows", "⇉"}, {"rightsquigarrow", "⇝"}, {"rq", "’"},
    {"rtimes", "⋊"}, {"rvert", "|"}, {"sampi", "ϡ"}, {"saturn", "♄"}, {"searrow", "↘"}, {"setminus", "∖"}, {"sharp", "♯"},
    {"sigma", "σ"}, {"sim", "∼"}, {"simeq", "≃"}, {"slash", "/"}, {"smallsetminus", "∖"}, {"smiley", "☺"}, {"spadesuit", "♠"},
    {"sphericalangle", "∢"}, {"sqcap", "⊓"}, {"sqcup", "⊔"}, {"sqsubset", "⊏"}, {"sqsubseteq", "⊑"}, {"sqsupset", "⊐"},
    {"sqsupseteq", "⊒"}, {"square", "□"}, {"ss", "ß"}, {"star", "⋆"}, {"stigma", "ϛ"}, {"straightepsilon", "ϵ"},
    {"straightphi", "ϕ"}, {"subset", "⊂"}, {"subseteq", "⊆"}, {"subsetneq", "⊊"}, {"succ", "≻"}, {"succeq", "⪰"}, {"sum", "∑"},
    {"sun", "☉"}, {"supset", "⊃"}, {"supseteq", "⊇"}, {"supsetneq", "⊋"}, {"surd", "√"}, {"swarrow", "↙"}, {"tau", "τ"},
    {"textAlpha", "Α"}, {"textBeta", "Β"}, {"textChi", "Χ"}, {"textDelta", "Δ"}, {"textDigamma", "Ϝ"}, {"textEpsilon", "Ε"},
    {"textEta", "Η"}, {"textGamma", "Γ"}, {"textHbar", "Ħ"}, {"textIota", "Ι"}, {"textKappa", "Κ"}, {"textLambda", "Λ"},
    {"textMu", "Μ"}, {"textNu", "Ν"}, {"textOmega", "Ω"}, {"textOmicron", "Ο"}, {"textPhi", "Φ"}, {"textPi", "Π"},
    {"textPsi", "Ψ"}, {"textRho", "Ρ"}, {"textSchwa", "Ə"}, {"textSigma", "Σ"}, {"textStigma", "Ϛ"}, {"textTau", "Τ"},
    {"textTheta", "Θ"}, {"textThorn", "Þ"}, {"textThornvari", "Þ"}, {"textUpsilon", "Υ"}, {"textXi", "Ξ"}, {"textZeta", "Ζ"},
    {"textacutedbl", "˝"}, {"textalpha", "α"}, {"textampersand", "&"}, {"textapprox", "≈"}, {"textasciiacute", "´"},
    {"textasciibreve", "˘"}, {"textasciicaron", "ˇ"}, {"textasciicircum", "^"}, {"textasciidieresis", "¨"},
    {"textasciigrave", "`"}, {"textasciimacron", "¯"}, {"textasciitilde", "~"}, {"textasteriskcentered", "∗"}, {"textat", "@"},
    {"textautosigma", "ς"}, {"textbackslash", "\\"}, {"textbaht", "฿"}, {"textbar", "|"}, {"textbardbl", "‖"},
    {"textbari", "ɨ"}, {"textbarl", "ł"}, {"textbaro", "ɵ"}, {"textbaru", "ʉ"}, {"textbeltl", "ɬ"}, {"textbeta", "β"},
    {"textbigcircle", "◯"}, {"textblank", "␢"}, {"textborn", "⋆"}, {"textbraceleft", "{"}, {"textbraceright", "}"},
    {"textbrokenbar", "¦"}, {"textbullet", "•"}, {"textbullseye", "ʘ"}, {"textcdot", "·"}, {"textcelsius", "℃"},
    {"textcent", "¢"}, {"textcheckmark", "✓"}, {"textchi", "χ"}, {"textcircledP", "℗"}, {"textcolon", ":"},
    {"textcolonmonetary", "₡"}, {"textcomma", ","}, {"textcopyright", "©"}, {"textcrb", "ƀ"}, {"textcrd", "đ"},
    {"textcrh", "ħ"}, {"textctc", "ɕ"}, {"textctz", "ʑ"}, {"textcurrency", "¤"}, {"textdagger", "†"}, {"textdaggerdbl", "‡"},
    {"textdblhyphen", "⸗"}, {"textdegree", "°"}, {"textdelta", "δ"}, {"textdh", "ð"}, {"textdied", "†"}, {"textdigamma", "ϝ"},
    {"textdiscount", "⁒"}, {"textdiv", "÷"}, {"textdivorced", "⚮"}, {"textdj", "đ"}, {"textdollar", "$"}, {"textdong", "₫"},
    {"textdoublebarpipe", "ǂ"}, {"textdoublepipe", "ǁ"}, {"textdownarrow", "↓"}, {"textdprime", "″"}, {"textellipsis", "…"},
    {"textemdash", "—"}, {"textendash", "–"}, {"texteng", "ŋ"}, {"textepsilon", "ε"}, {"textequals", "="}, {"textesh", "ʃ"},
    {"textestimated", "℮"}, {"texteta", "η"}, {"texteuro", "€"}, {"textexclam", "!"}, {"textexclamdown", "¡"}, {"textezh", "ʒ"},
    {"textfahrenheit", "℉"}, {"textfigdash", "‒"}, {"textfinalsigma", "ς"}, {"textflorin", "ƒ"}, {"textfractionsolidus", "⁄"},
    {"textgamma", "γ"}, {"textgeq", "≥"}, {"textglotstop", "ʔ"}, {"textgravedbl", "˵"}, {"textgreater", ">"},
    {"textguarani", "₲"}, {"textguillemotleft", "«"}, {"textguillemotright", "»"}, {"textguilsinglleft", "‹"},
    {"textguilsinglright", "›"}, {"texthorizontalbar", "―"}, {"texthtb", "ɓ"}, {"texthtd", "ɗ"}, {"texthtk", "ƙ"},
    {"texthyphen", "-"}, {"textinfty", "∞"}, {"textinterrobang", "‽"}, {"textinterrobangdown", "⸘"},
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
    {"textregistered", "®"}, {"textrho", "ρ"}, {"textrightarrow", "→"}, {"textrquill", "⁆"}, {"textrtaild", "ɖ"},
    {"textrtaill", "ɭ"}, {"textrtailn", "ɳ"}, {"textrtailr", "ɽ"}, {"textrtails", "ʂ"}, {"textrtailt", "ʈ"},
    {"textrtailz", "ʐ"}, {"textruble", "₽"}, {"textrupee", "₹"}, {"textscb", "ʙ"}, {"textscg", "ɢ"}, {"textsch", "ʜ"},
    {"textschwa", "ə"}, {"textsci", "ɪ"}, {"textscl", "ʟ"}, {"textscn", "ɴ"}, {"textscoelig", "ɶ"}, {"textscr", "ʀ"},
    {"textscripta", "ɑ"}, {"textscy", "ʏ"}, {"textsection", "§"}, {"textsemicolon", ";"}, {"textservicemark", "℠"},
    {"textsigma", "σ"}, {"textslash", "/"}, {"textsoftsign", "ь"}, {"textsquare", "□"}, {"textss", "ß"}, {"textsterling", "£"},
    {"textstigma", "ϛ"}, {"textsubscripttwo", "₂"}, {"textsurd", "√"}, {"texttau", "τ"}, {"textth", "þ"}, {"texttheta", "θ"},
    {"textthorn", "þ"}, {"textthreequarters", "¾"}, {"textthreesuperior", "³"}, {"texttilde", "~"}, {"texttildelow", "˷"},
    {"texttimes", "×"}, {"texttm", "™"}, {"texttrademark", "™"}, {"textturna", "ɐ"}, {"textturnh", "ɥ"}, {"textturnm", "ɯ"},
    {"textturnr", "ɹ"}, {"textturnv", "ʌ"}, {"textturnw", "ʍ"}, {"textturny", "ʎ"}, {"texttwosuperior", "²"},
    {"textunderscore", "_"}, {"textuparrow", "↑"}, {"textupsilon", "υ"}, {"textvarsigma", "ς"}, {"textvisiblespace", "␣"},
    {"textwon", "₩"}, {"textxi", "ξ"}, {"textyen", "¥"}, {"textyogh", "ʒ"}, {"textzeta", "ζ"}, {"th", "þ"}, {"therefore", "∴"},
    {"theta", "θ"}, {"times", "×"}, {"to", "→"}, {"top", "⊤"}, {"triangle", "△"}, {"triangledown", "▽"}, {"triangleleft", "◁"},
    {"triangleq", "≜"}, {"triangleright", "▷"}, {"twoheadrightarrow", "↠"}, {"twonotes", "♫"}, {"upalpha", "α"},
    {"uparrow", "↑"}, {"upbeta", "β"}, {"upchi", "χ"}, {"updelta", "δ"}, {"updownarrow", "↕"}, {"upepsilon", "ε"},
    {"upeta", "η"}, {"upgamma", "γ"}, {"upiota", "ι"}, {"upkappa", "κ"}, {"uplambda", "λ"}, {"uplus", "⊎"}, {"upmu", "μ"},
    {"upnu", "ν"}, {"upomega", "ω"}, {"upomicron", "ο"}, {"upphi", "φ"}, {"uppi", "π"}, {"uppsi", "ψ"}, {"uprho", "ρ"},
    {"upsigma", "σ"}, {"upsilon", "υ"}, {"uptau", "τ"}, {"uptheta", "θ"}, {"upupsilon", "υ"}, {"upvarepsilon", "ε"},
    {"upvarphi", "φ"}, {"upvarpi", "ϖ"}, {"upvarrho", "ϱ"}, {"upvarsigma", "ς"}, {"upvartheta", "ϑ"}, {"upxi", "ξ"},
    {"upzeta", "ζ"}, {"uranus", "♅"}, {"vDash", "⊨"}, {"varAlpha", "Α"}, {"varBeta", "Β"}, {"varChi", "Χ"}, {"varDelta", "Δ"},
    {"varEpsilon", "Ε"}, {"varEta", "Η"}, {"varGamma", "Γ"}, {"varIota", "Ι"}, {"varKappa", "Κ"}, {"varLambda", "Λ"},
    {"varMu", "Μ"}, {"varNu", "Ν"}, {"varOmega", "Ω"}, {"varOmicron", "Ο"}, {"varPhi", "Φ"}, {"varPi", "Π"}, {"varPsi", "Ψ"},
    {"varRho", "Ρ"}, {"varSigma", "Σ"}, {"varTau", "Τ"}, {"varTheta", "Θ"}, {"varUpsilon", "Υ"}, {"varXi", "Ξ"},
    {"varZeta", "Ζ"}, {"varepsilon", "ε"}, {"varkappa", "ϰ"}, {"varnothing", "∅"}, {"varphi", "φ"}, {"varpi", "ϖ"},
    {"varpropto", "∝"}, {"varrho", "ϱ"}, {"varsigma", "ς"}, {"vartheta", "ϑ"}, {"vdash", "⊢"}, {"vdots", "⋮"}, {"vee", "∨"},
    {"venus", "♀"}, {"vert", "|"}, {"wedge", "∧"}, {"wp", "℘"}, {"wr", "≀"}, {"xi", "ξ"}, {"yen", "¥"}, {"yinyang", "☯"},
    {"zeta", "ζ"},
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

/* Whether the name belongs to running text, where TeX takes the blank behind it: a letter of Latin, or \text… */
static bool takes_blank(const char *name, const char *text)
{
    unsigned char first = (unsigned char)text[0];
    bool sign = first == 0xC3 && ((unsigned char)text[1] == 0x97 || (unsigned char)text[1] == 0xB7); /* × and ÷ */
    return (first >= 0xC3 && first <= 0xCA && !sign) || strncmp(name, "text", 4) == 0;
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
    bytes_put(out, accent->mark, strlen(accent->mark));
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
    return used ? used : read_named(text, length, out);
}
