// Puts the page into the document.
import { render } from 'preact';
import { Page } from './components/page.tsx';

const root = document.getElementById('page');
if (root) render(<Page />, root);
