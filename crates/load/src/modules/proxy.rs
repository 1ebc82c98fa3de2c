//! GOPROXY: where modules are downloaded from. The Go Modules Reference, "GOPROXY protocol" and "Environment variables".

use std::cell::OnceCell;
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};

use super::at;
use super::cache::escape;
use crate::gomod::ModuleVersion;
use crate::{Env, Goroot, io_text};

/// No file of a module is larger than this. Modules Reference, "File path and size constraints".
const MAX_BYTES: u64 = 500 << 20;

/// The proxies of a request.
#[derive(Debug)]
pub struct Proxies {
    list: Vec<Proxy>,
    /// Patterns of modules that are not asked of proxies.
    private: String,
    agent: OnceCell<Agent>,
}

#[derive(Debug)]
struct Proxy {
    place: Place,
    /// After any error the next one is asked, not only after 404 and 410.
    goes_on: bool,
}

#[derive(Debug)]
enum Place {
    Off,
    Direct,
    Folder(PathBuf),
    Url(String),
    Unknown(String),
}

/// Why a proxy did not answer.
struct Miss {
    is_absent: bool,
    text: String,
}

impl Miss {
    fn other(text: impl Into<String>) -> Miss {
        Miss { is_absent: false, text: text.into() }
    }
}

impl Proxies {
    /// Reads GOPROXY and which modules it is not for. What it is by default stands in the Go tree.
    pub fn new(env: &Env, goroot: &Goroot) -> Proxies {
        let of_tree = std::fs::read_to_string(goroot.dir.join("go.env")).unwrap_or_default();
        let of_tree = of_tree.lines().find_map(|line| line.strip_prefix("GOPROXY="));
        let text = env.get("GOPROXY").or(of_tree).unwrap_or("direct");
        let private = env.get("GONOPROXY").or(env.get("GOPRIVATE")).unwrap_or_default();
        Proxies { list: parse(text), private: private.into(), agent: OnceCell::new() }
    }

    /// Gets a file of a module: `.mod`, `.zip`.
    pub fn get(&self, module: &ModuleVersion, ending: &str) -> Result<Vec<u8>, String> {
        if matches_patterns(&self.private, &module.path) {
            return self.ask(&Place::Direct, module, ending).map_err(|miss| miss.text);
        }
        let mut first: Option<Miss> = None;
        for proxy in &self.list {
            match self.ask(&proxy.place, module, ending) {
                Ok(bytes) => return Ok(bytes),
                Err(miss) => {
                    let is_last = !miss.is_absent && !proxy.goes_on;
                    // That something failed tells more than that something is not there.
                    if first.as_ref().is_none_or(|first| first.is_absent && !miss.is_absent) {
                        first = Some(miss);
                    }
                    if is_last {
                        break;
                    }
                }
            }
        }
        Err(first.map_or_else(
            || "GOPROXY list is not the empty string, but contains no entries".into(),
            |m| m.text,
        ))
    }

    fn ask(&self, place: &Place, module: &ModuleVersion, ending: &str) -> Result<Vec<u8>, Miss> {
        let file = format!("{}/@v/{}{ending}", escape(&module.path), escape(&module.version));
        match place {
            Place::Off => Err(Miss::other("module lookup disabled by GOPROXY=off")),
            Place::Direct => Err(Miss::other(format!(
                "{0}: no module proxy has it, and rigo does not fetch from version control; to get it:\n\tgo mod download {0}",
                at(module)
            ))),
            Place::Unknown(text) => {
                Err(Miss::other(format!("invalid proxy URL scheme (must be https, http, file): {text}")))
            }
            Place::Folder(dir) => {
                let path = dir.join(file);
                std::fs::read(&path).map_err(|error| Miss {
                    is_absent: error.kind() == std::io::ErrorKind::NotFound,
                    text: format!("{}: reading file://{}: {}", at(module), path.display(), io_text(&error)),
                })
            }
            Place::Url(base) => {
                let url = format!("{base}/{}", file.replace('!', "%21"));
                self.fetch(&url).map_err(|miss| Miss {
                    text: format!("{}: reading {url}: {}", at(module), miss.text),
                    ..miss
                })
            }
        }
    }

    fn fetch(&self, url: &str) -> Result<Vec<u8>, Miss> {
        let mut response =
            self.agent.get_or_init(agent).get(url).call().map_err(|error| Miss::other(error.to_string()))?;
        let status = response.status();
        let mut body = Vec::new();
        let read = response.body_mut().with_config().limit(MAX_BYTES).reader().read_to_end(&mut body);
        read.map_err(|error| Miss::other(io_text(&error)))?;
        if status.is_success() {
            return Ok(body);
        }
        let kind = response.headers().get("content-type").and_then(|value| value.to_str().ok());
        let is_text = kind.is_some_and(|kind| kind.starts_with("text/plain"));
        let text = if is_text { String::from_utf8_lossy(&body).trim().to_string() } else { String::new() };
        let answer = match text.lines().count() {
            0 => String::new(),
            1 => format!("\n\tserver response: {text}"),
            _ => format!("\n\tserver response:\n\t{}", text.replace('\n', "\n\t")),
        };
        let reason = status.canonical_reason().unwrap_or_default();
        let is_absent = matches!(status.as_u16(), 404 | 410);
        Err(Miss { is_absent, text: format!("{} {reason}{answer}", status.as_u16()) })
    }
}

/// Makes what speaks HTTP, trusting the authorities that the system trusts.
fn agent() -> Agent {
    let native = rustls_native_certs::load_native_certs().certs;
    let authorities = native.iter().map(|certificate| Certificate::from_der(certificate).to_owned());
    let authorities: Vec<Certificate> = authorities.collect();
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .root_certs(RootCerts::from(authorities))
        .build();
    let config = Agent::config_builder()
        .tls_config(tls)
        .http_status_as_error(false)
        .timeout_connect(Some(Duration::from_secs(30)))
        .user_agent(concat!("rigo/", env!("CARGO_PKG_VERSION")));
    config.build().into()
}

/// Reads a list of proxies: behind `,` the next one is asked after 404 and 410, behind `|` after any error.
fn parse(text: &str) -> Vec<Proxy> {
    let mut list = Vec::new();
    for part in text.split_inclusive([',', '|']) {
        let entry = part.trim_end_matches([',', '|']).trim().trim_end_matches('/');
        let place = match entry {
            "" => continue,
            "off" => Place::Off,
            "direct" => Place::Direct,
            url => match url.split_once("://") {
                Some(("file", path)) => Place::Folder(path.into()),
                Some(("http" | "https", _)) => Place::Url(url.into()),
                Some(_) => Place::Unknown(url.into()),
                None => Place::Url(format!("https://{url}")),
            },
        };
        list.push(Proxy { place, goes_on: part.ends_with('|') });
    }
    list
}

/// Reports whether one of the patterns, separated by commas, matches the path or its beginning. `go help private`.
fn matches_patterns(patterns: &str, path: &str) -> bool {
    patterns.split(',').map(|pattern| pattern.trim().trim_end_matches('/')).any(|pattern| {
        let elements: Vec<&str> = pattern.split('/').collect();
        let of_path: Vec<&str> = path.split('/').collect();
        !pattern.is_empty()
            && elements.len() <= of_path.len()
            && elements
                .iter()
                .zip(of_path)
                .all(|(pattern, element)| matches(pattern.as_bytes(), element.as_bytes()))
    })
}

/// Matches one element of a path with `*`, `?` and plain characters.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        ([b'*', rest @ ..], _) => (0..=text.len()).any(|n| matches(rest, &text[n..])),
        ([b'?', rest @ ..], [_, text @ ..]) => matches(rest, text),
        ([c, rest @ ..], [first, text @ ..]) => c == first && matches(rest, text),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_proxies() {
        let list = parse("https://a.example/|file:///b,proxy.example , direct,off");
        let shown: Vec<String> = list.iter().map(|p| format!("{:?} {}", p.place, p.goes_on)).collect();
        assert_eq!(
            shown,
            [
                "Url(\"https://a.example\") true",
                "Folder(\"/b\") false",
                "Url(\"https://proxy.example\") false",
                "Direct false",
                "Off false"
            ]
        );
    }

    #[test]
    fn private_modules() {
        let patterns = "*.corp.example,rsc.io/private";
        for path in ["git.corp.example/x", "rsc.io/private", "rsc.io/private/quux"] {
            assert!(matches_patterns(patterns, path), "{path}");
        }
        for path in ["corp.example/x", "rsc.io", "rsc.io/privately"] {
            assert!(!matches_patterns(patterns, path), "{path}");
        }
    }
}
