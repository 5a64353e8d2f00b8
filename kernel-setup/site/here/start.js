// The button "Run it here": nothing else of it is fetched before it is pressed.
{
  const button = document.getElementById('here-start');
  const told = document.getElementById('here-told');
  button.addEventListener('click', () => {
    if (location.protocol === 'file:') {
      told.textContent =
        'Pages that are opened from a disk may not load scripts like these. Serve the folder instead, such as with “python3 -m http.server -d site”, and open http://localhost:8000.';
      return;
    }
    button.disabled = true;
    told.textContent = 'Loading engine, compiler and library …';
    import('./page.js').catch((error) => {
      button.disabled = false;
      told.textContent = `This did not load: ${error.message}`;
    });
  });
}
