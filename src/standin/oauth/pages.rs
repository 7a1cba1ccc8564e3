//! The pages that a person sees. Everything that comes from a request goes through [`escape`].

/// Every page says what it is, so that nobody takes it for AWS and types a real password.
const BANNER: &str =
    "Stand-in for Amazon Cognito, run by hubgate on this machine. Not AWS: type no real password.";

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1b2733;--soft:#5b6b7b;--line:#cfd8e1;--page:#eef2f6;--card:#fff;--go:#0b62c4;\
--bad:#a5141c;--badbg:#fdecec}\
@media(prefers-color-scheme:dark){:root{--ink:#e8edf2;--soft:#a3b1bf;--line:#3a4753;--page:#12181e;--card:#1c242c;\
--go:#3d8fe8;--bad:#ffb3b3;--badbg:#43191b}}\
*{box-sizing:border-box}\
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,sans-serif}\
.banner{background:#ffcf4d;color:#3d2f00;padding:.6rem 1rem;text-align:center;font-size:.9rem}\
main{max-width:25rem;margin:8vh auto 2rem;padding:2rem;background:var(--card);border:1px solid var(--line);\
border-radius:.75rem}\
h1{margin:0 0 1.25rem;font-size:1.35rem}\
p{margin:.5rem 0}\
label{display:block;margin:1rem 0 .3rem;font-weight:600}\
input{width:100%;padding:.6rem .7rem;font:inherit;color:inherit;background:transparent;border:1px solid var(--soft);\
border-radius:.4rem}\
button{width:100%;margin-top:1.5rem;padding:.65rem;font:inherit;font-weight:600;color:#fff;background:#0b62c4;\
border:0;border-radius:.4rem;cursor:pointer}\
:focus-visible{outline:3px solid var(--go);outline-offset:2px}\
.alert{padding:.6rem .8rem;border-radius:.4rem;color:var(--bad);background:var(--badbg)}\
.soft{color:var(--soft);font-size:.9rem}";

/// Text for HTML, inside an element or inside quotes.
pub(in crate::standin) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(c),
        }
    }
    safe
}

/// `content` is HTML already.
fn page(title: &str, content: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{} · Cognito stand-in</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <div class=\"banner\" role=\"note\">{BANNER}</div>\n<main>\n{content}\n</main>\n</body>\n</html>\n",
        escape(title)
    )
}

/// The login form. `action` is where it is posted to; the name typed last is kept, the password is not.
pub(in crate::standin) fn login(action: &str, name: &str, alert: Option<&str>) -> String {
    let alert = alert.map_or(String::new(), |words| {
        format!(
            "<p class=\"alert\" id=\"loginErrorMessage\" role=\"alert\">{}</p>\n",
            escape(words)
        )
    });
    let content = format!(
        "<h1>Sign in</h1>\n{alert}<form method=\"post\" action=\"{}\" name=\"cognitoSignInForm\">\n\
         <label for=\"signInFormUsername\">Username or e-mail</label>\n\
         <input id=\"signInFormUsername\" name=\"username\" value=\"{}\" autocapitalize=\"none\" spellcheck=\"false\" \
         autocomplete=\"username\" required autofocus>\n\
         <label for=\"signInFormPassword\">Password</label>\n\
         <input id=\"signInFormPassword\" name=\"password\" type=\"password\" autocomplete=\"current-password\" required>\n\
         <button type=\"submit\" name=\"signInSubmitButton\">Sign in</button>\n</form>\n\
         <p class=\"soft\">Names and passwords are in the users file of this stand-in.</p>",
        escape(action),
        escape(name),
    );
    page("Sign in", &content)
}

/// Cognito's error page: it says little, and the cause stands in its address alone.
pub(in crate::standin) fn error(sentence: &str) -> String {
    page(
        "Error",
        &format!(
            "<h1>Error</h1>\n<p class=\"alert\" role=\"alert\">{}</p>",
            escape(sentence)
        ),
    )
}

/// Managed login without a branding style.
pub(in crate::standin) fn no_branding() -> String {
    error("Login pages unavailable. Please contact an administrator.")
}

/// What a firewall says.
pub(in crate::standin) fn blocked() -> String {
    "<html><head><title>403 Forbidden</title></head><body><h1>403 Forbidden</h1></body></html>\n".to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn nothing_in_a_request_becomes_markup() {
        let evil = "\"><script>alert('1')</script>&";
        let shown = login(evil, evil, Some(evil));
        assert!(
            !shown.contains("<script") && !shown.contains("\">\"") && !shown.contains("'1'"),
            "{shown}"
        );
        assert_eq!(
            escape(evil),
            "&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;"
        );
    }

    #[test]
    fn every_page_says_that_it_is_a_stand_in() {
        for shown in [login("/login", "", None), error("x"), no_branding()] {
            assert!(shown.contains("Not AWS: type no real password."), "{shown}");
        }
    }
}
