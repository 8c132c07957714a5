'use client';

/** Stands in for a page that broke; the frame around it goes on working. */
export { FailedPage as default } from '@/components/frame/failed-page';
