// The door through which JupyterLab loads the form. It follows webpack's module federation by hand, so there is no build.
(() => {
  const here = document.currentScript.src;
  const FILES = ["remoteEntry.js", "host.js", "saver.js", "form.js", "controls.js", "guidance.js", "lines.js", "numbers.js", "details.js", "elements.js", "words.js", "form.css"];
  // Jupyter has browsers keep an extension's files for a year, and ours never change their names: ask for each anew.
  const fresh = Promise.all(FILES.map((name) => fetch(new URL(name, here), { cache: "reload" }).catch(() => {})));
  let scope;
  const shared = async (name) => {
    const version = Object.values(scope[name])[0];
    return (await version.get())();
  };
  const get = async () => {
    const [{ INotebookTracker }, { IRenderMimeRegistry }, { Widget }] = await Promise.all(
      ["@jupyterlab/notebook", "@jupyterlab/rendermime", "@lumino/widgets"].map(shared),
    );
    await fresh;
    const { MIME, makeRenderer } = await import(new URL("host.js", here));
    const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("form.css", here) });
    document.head.append(style);
    const plugin = {
      id: "readtwice:form",
      autoStart: true,
      requires: [IRenderMimeRegistry, INotebookTracker],
      activate: (app, rendermime, tracker) =>
        rendermime.addFactory({ safe: true, mimeTypes: [MIME], createRenderer: () => makeRenderer(Widget, tracker, app.serviceManager.contents) }, 0),
    };
    return () => ({ __esModule: true, default: plugin });
  };
  (window._JUPYTERLAB ||= {}).readtwice = { init: (given) => (scope = given), get };
})();
