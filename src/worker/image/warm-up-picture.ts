/** A JPEG of 96 × 96 pixels, a gradient with stripes: what a worker decodes and classifies before it calls itself warm. */
export function warmUpPicture(): Uint8Array {
  return Buffer.from(JPEG, 'base64');
}

const JPEG =
  '/9j/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVGZIhlbXd7gYKBTmCNl4x9lnN+gXz/2wBD' +
  'ARUXFx4aHjshITt8U0ZTfHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHz/wAARCABgAGAD' +
  'ASIAAhEBAxEB/8QAGgABAQEBAQEBAAAAAAAAAAAAAgMBAAUEBv/EABcQAQEBAQAAAAAAAAAAAAAAAAACEQH/xAAZAQEBAQEBAQAA' +
  'AAAAAAAAAAAEAwUGAgH/xAAaEQADAQEBAQAAAAAAAAAAAAAAAQIDESEE/9oADAMBAAIRAxEAPwD8xMKckuS3HRulCIzXQYw8ZjK3' +
  '+jviFww4cwUwtEBxLtiprgIhaYOYU5LUyzUoorByW4eMT23UoTDB12FhzDH00dsXDPOxmFjsaP0fR3xHHww4cwUwtECRLtiZoEQt' +
  'MHMKclp5ZqUUVg5LcPGPG26lCYYHYWHMMbTR2xcPgJhaIKIWmF8ce+surPCwpg5hWIfIl2zkZrgYhaYOYU5LUyzUoqrByW4WMT23' +
  'UoRDC7Cw5hj6aO2MhgmVogohaYXxx76yysMwpyS5LcPbUIrNdPFiFpgphTkveWalHIqw8luFjOvG26lCIYeuwsOYY2mjtjIfATC0' +
  'QUQtML4499ZZWGYU5JcluH9UIrNdDjOl12Mv6Po74hcM+DktwsY1Nt1KOOhh6zDwpljaaO2MhhmVYg4haYXxx76yysEwryS5LcPb' +
  'UIrNdDjOl12Mz6Po74hcMGHMlMqxAMp2xU1w8nGYeFME6aO2chD4GYViDiFphfHHvrLKwTCvJLktw/qhFprocYXXYy/o+jviFQwY' +
  'cyUyrEAynbFTXAxC0wUwryWnlkpXWVVn/9k=';
