/** The lists' pages need only styles of their own; their behaviour is that of the components. */
import './lists.css';
