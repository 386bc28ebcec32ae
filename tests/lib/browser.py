"""Chromium without a window, told by WebDriver what to do. It resolves no name and speaks to loopback alone."""
import atexit, base64, http.client, json, os, shutil, subprocess, tempfile, time
from mail_server import free_port

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # what WebDriver calls one
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]


def installed():
    return shutil.which("chromium") and shutil.which("chromedriver")


class Browser:
    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.port = free_port()
        environment = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
        self.process = subprocess.Popen(["chromedriver", f"--port={self.port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        env={**environment, "HOME": self.folder.name})
        self.session = ""
        atexit.register(self.close)  # also where a test fails on the way
        options = {"binary": shutil.which("chromium"), "args": [*FLAGS, f"--user-data-dir={self.folder.name}/profile"]}
        for _ in range(100):
            try:
                self.session = self.ask("POST", "/session", {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}})["sessionId"]
                return
            except ConnectionError:  # it has not begun to listen
                time.sleep(0.1)
        raise SystemExit("chromedriver did not start")

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.request(method, (f"/session/{self.session}" if self.session else "") + path, json.dumps(body) if body is not None else None,
                           {"Content-Type": "application/json"})
        value = json.loads(connection.getresponse().read())["value"]
        connection.close()
        if isinstance(value, dict) and "error" in value:
            raise AssertionError(f"{method} {path}: {value['error']}: {value['message']}")
        return value

    def open(self, url):
        self.ask("POST", "/url", {"url": url})

    def click(self, selector):
        element = self.ask("POST", "/element", {"using": "css selector", "value": selector})[ELEMENT]
        self.ask("POST", f"/element/{element}/click", {})

    def shows(self, words):
        """Whether these words come to stand on the page, which may still be on its way."""
        for _ in range(300):
            if words in self.ask("POST", "/execute/sync", {"script": "return document.body ? document.body.innerText : ''", "args": []}):
                return True
            time.sleep(0.1)
        return False

    def find(self, selector):
        return self.ask("POST", "/element", {"using": "css selector", "value": selector})[ELEMENT]

    def fill(self, selector, text):
        """Types into a field, in place of what stood there."""
        element = self.find(selector)
        self.ask("POST", f"/element/{element}/clear", {})
        self.ask("POST", f"/element/{element}/value", {"text": text})

    def attach(self, selector, path):
        self.ask("POST", f"/element/{self.find(selector)}/value", {"text": path})

    def press(self, keys):
        """Keys to whatever has the focus."""
        actions = [{"type": action, "value": key} for key in keys for action in ("keyDown", "keyUp")]
        self.ask("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def run(self, script, *arguments):
        return self.ask("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def wait(self, script):
        """Whether an expression comes to hold, on a page which may still be on its way."""
        for _ in range(300):
            try:
                if self.run(f"return Boolean({script})"):
                    return True
            except AssertionError:  # between two pages
                pass
            time.sleep(0.1)
        return False

    def protocol(self, command, **parameters):
        """The browser's own protocol, for what WebDriver has no word for."""
        return self.ask("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def look(self, width, height, dark=False, scripts=True, media=""):
        """The window that pages are seen in from now on, scripts from the next page on."""
        self.protocol("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        self.protocol("Emulation.setEmulatedMedia", media=media,
                      features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}, {"name": "prefers-reduced-motion", "value": "reduce"}])
        self.protocol("Emulation.setScriptExecutionDisabled", value=not scripts)

    def picture(self, path, whole=False):
        """What the window shows, or the whole page, as a PNG file."""
        data = self.protocol("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def close(self):
        if self.process.poll() is not None:
            return
        try:
            self.ask("DELETE", "")  # which ends the browser too
        except (AssertionError, OSError, ValueError):
            pass
        self.process.terminate()
        self.process.wait(30)
