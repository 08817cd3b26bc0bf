//! Mail: plain text, and the same as HTML with pictures.

use super::{Message, Note, Refusal, Setup, html::escaped, message::clipped};
use crate::mail::{Mail, Mailer};

const MOST_SUBJECT: usize = 150;

/// Sends `message` to the channel's address, or to that of the account where it has none.
pub(super) async fn send(
    mailer: &Mailer,
    setup: &Setup,
    message: &Message,
) -> Result<String, Refusal> {
    let mail = written(setup, message)?;
    if !mailer.is_configured() {
        let why = "no mail server is set; an operator sets one with SMTP_HOST";
        return Err(Refusal::Later { why: why.to_owned(), retry_after: None });
    }
    let busy =
        || Refusal::Later { why: "too many mails are on their way".to_owned(), retry_after: None };
    let turn = mailer.turn().ok_or_else(busy)?;
    match mailer.send(&mail, &turn).await {
        Ok(()) => Ok("the mail server has taken it".to_owned()),
        Err(failure) => {
            let why = failure.to_string();
            // A mail box that is not there stays away; everything else is for the operator to mend.
            Err(if why.contains("with code 55") {
                Refusal::Never(why)
            } else {
                Refusal::Later { why, retry_after: None }
            })
        }
    }
}

fn written(setup: &Setup, message: &Message) -> Result<Mail, Refusal> {
    let given = Some(setup.address.trim()).filter(|address| !address.is_empty());
    let to = given.or(setup.account.as_deref()).ok_or_else(|| {
        Refusal::Never("the channel is not set up: the mail address is missing".to_owned())
    })?;
    Ok(Mail {
        to: to.to_owned(),
        subject: clipped(&message.subject(), MOST_SUBJECT, |_| 1),
        text: format!(
            "{}\n\n{}\n\n-- \nDeal Scout: {}\n",
            message.subject(),
            message.text(true),
            message.all_url
        ),
        html: Some(html(message)),
        key: Some(message.key.clone()),
    })
}

fn html(message: &Message) -> String {
    let parts: Vec<_> = message.notes.iter().map(|note| part(note, message)).collect();
    let body = if parts.is_empty() {
        format!("<p>{}</p>", escaped(&message.text(false)))
    } else {
        parts.concat()
    };
    let rest = message.rest().unwrap_or_else(|| "All notifications".to_owned());
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\"><title>{title}</title></head>\
         <body style=\"margin:0 auto;max-width:40rem;padding:1rem;font:16px/1.5 system-ui,sans-serif\">\
         <h1 style=\"font-size:1.2rem\">{title}</h1>{body}\
         <p style=\"color:#777;font-size:.85rem\"><a href=\"{all}\">{rest}</a> · Deal Scout</p></body></html>",
        title = escaped(&message.subject()),
        all = escaped(&message.all_url),
        rest = escaped(&rest),
    )
}

fn part(note: &Note, message: &Message) -> String {
    let picture = note.facts.image_url.as_ref().map(|picture| {
        format!(
            "<img src=\"{}\" alt=\"\" width=\"160\" style=\"max-width:160px;height:auto;border-radius:8px\"><br>",
            escaped(picture)
        )
    });
    let headline = escaped(&note.headline());
    let headline = match note.target() {
        Some(url) => format!("<a href=\"{}\">{headline}</a>", escaped(url)),
        None => headline,
    };
    let lines: Vec<_> = note.lines(message.at).iter().map(|line| escaped(line)).collect();
    let actions: Vec<_> = note
        .actions()
        .iter()
        .map(|(words, link)| format!("<a href=\"{}\">{words}</a>", escaped(link)))
        .collect();
    format!(
        "<div style=\"border-top:1px solid #ccc;padding:.75rem 0\">{}<b>{headline}</b><br>{}<br>{}</div>",
        picture.unwrap_or_default(),
        lines.join("<br>"),
        actions.join(" · ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::channel::ChannelKind,
        notify::scene::{digest, find, setup, titled, trial},
    };

    #[test]
    fn what_an_ad_says_is_text_in_the_mail() {
        let mail = written(&setup(ChannelKind::Email, "bob@example.org", None), &find()).unwrap();
        assert_eq!(
            (mail.to.as_str(), mail.subject.as_str()),
            ("bob@example.org", "$310.00: RTX 3070 <8GB> & box")
        );
        assert!(mail.text.contains("See the ad: https://example.org/ad?a=1&b=2"), "{}", mail.text);
        let html = mail.html.unwrap();
        assert!(
            html.contains("RTX 3070 &lt;8GB&gt; &amp; box") && !html.contains("<8GB>"),
            "{html}"
        );
        assert!(html.contains("<img src=\"https://example.org/p.jpg\""), "{html}");
    }

    #[test]
    fn without_an_address_it_goes_to_the_account() {
        for message in [find(), digest(20), trial()] {
            let mail = written(&setup(ChannelKind::Email, "", None), &message).unwrap();
            assert_eq!(mail.to, "ann@example.org");
        }
        let nobody = Setup { account: None, ..setup(ChannelKind::Email, "", None) };
        assert!(written(&nobody, &find()).is_err());
    }

    #[test]
    fn a_long_title_makes_no_long_subject() {
        let mail =
            written(&setup(ChannelKind::Email, "", None), &titled(&"ü".repeat(500))).unwrap();
        assert_eq!(mail.subject.chars().count(), MOST_SUBJECT);
    }
}
