// Captions and sound of a player: two lists in its corner, each only where there is something to choose. Browsers offer
// captions in a menu of their own, if at all, and other sounds nowhere.
const same = (one, other) => one.length === other.length && one.every((name, n) => name === other[n]);

function list(select, names, chosen) {
  if (!same(names, [...select.options].map((option) => option.text))) {
    select.replaceChildren(...names.map((name) => new Option(name)));
  }
  select.selectedIndex = chosen;
}

// `engine` is an hls.js that is about to load; a further one takes over from the one before.
export function offerLanguages(root, Hls, engine) {
  const menu = root.querySelector(".player-languages");
  const [captions, sound] = menu.querySelectorAll("select");
  const show = () => {
    list(captions, [captions.dataset.off, ...engine.subtitleTracks.map(({ name }) => name)], engine.subtitleTrack + 1);
    list(sound, engine.audioTracks.map(({ name }) => name), engine.audioTrack);
    captions.parentElement.hidden = engine.subtitleTracks.length === 0;
    sound.parentElement.hidden = engine.audioTracks.length < 2;
    menu.hidden = captions.parentElement.hidden && sound.parentElement.hidden;
  };
  captions.onchange = () => { engine.subtitleTrack = captions.selectedIndex - 1; };
  sound.onchange = () => { engine.audioTrack = sound.selectedIndex; };
  const told = ["SUBTITLE_TRACKS_UPDATED", "SUBTITLE_TRACK_SWITCH", "AUDIO_TRACKS_UPDATED", "AUDIO_TRACK_SWITCHING", "AUDIO_TRACK_SWITCHED"];
  for (const name of told) engine.on(Hls.Events[name], show);
}
