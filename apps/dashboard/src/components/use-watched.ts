import { useEffect, useState, type RefObject } from 'react';

/** Whether someone looks at an element: with a pointer or the keyboard on it, or, where nothing can hover, while most of it is on the screen. */
export function useWatched(ref: RefObject<HTMLElement | null>): boolean {
  const [watched, setWatched] = useState(false);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    if (window.matchMedia('(hover: none)').matches) {
      const observer = new IntersectionObserver(([entry]) => setWatched(entry?.isIntersecting === true), { threshold: 0.8 });
      observer.observe(element);
      return () => observer.disconnect();
    }
    const begin = () => setWatched(true);
    const end = () => setWatched(false);
    for (const type of ['pointerenter', 'focusin']) element.addEventListener(type, begin);
    for (const type of ['pointerleave', 'focusout']) element.addEventListener(type, end);
    return () => {
      for (const type of ['pointerenter', 'focusin']) element.removeEventListener(type, begin);
      for (const type of ['pointerleave', 'focusout']) element.removeEventListener(type, end);
    };
  }, [ref]);
  return watched;
}
