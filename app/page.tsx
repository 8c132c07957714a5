/** The root address leads to the first place of the product, or to where one begins. */
import { redirect } from 'next/navigation';
import { entrance, readSession } from '@/server/auth/session';

export default async function RootPage() {
  redirect((await readSession()) === null ? await entrance(null) : '/flows');
}
