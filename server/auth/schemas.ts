/**
 * What people type into the account forms, as schemas whose messages are shown at the fields. Used by the procedures
 * and by the services' types; refuses passwords outside the bounds the configuration has too.
 */
import { z } from 'zod';

/** NIST SP 800-63B §3.1.1.2: at least 8; the upper bound limits what one attempt costs in hashing. */
const passwordLength = { min: 8, max: 128 };
const nameLengthMax = 80;

export const newPassword = z
  .string()
  .min(passwordLength.min, `Use at least ${passwordLength.min} characters.`)
  .max(passwordLength.max, `Use at most ${passwordLength.max} characters.`);

const personName = z
  .string()
  .trim()
  .min(1, 'Enter a name.')
  .max(nameLengthMax, `Use at most ${nameLengthMax} characters.`);

export const createOwnerSchema = z.strictObject({
  name: personName,
  email: z.string().trim().toLowerCase().pipe(z.email('Enter an e-mail address.')),
  password: newPassword,
  /** Printed by the terminal of the first start; needed unless the listener is loopback. */
  setupToken: z.string().trim().optional(),
});
export type CreateOwner = z.output<typeof createOwnerSchema>;

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
};

export const preferencesSchema = z.strictObject({
  theme: z.enum(['light', 'dark', 'system']).optional(),
  density: z.enum(['compact', 'comfortable']).optional(),
  /** IANA name, or `auto` for the browser's own. */
  timeZone: z
    .string()
    .refine((name) => name === 'auto' || isTimeZone(name), 'This time zone is not known.')
    .optional(),
});
export type StoredPreferences = z.output<typeof preferencesSchema>;

export const updateProfileSchema = z.strictObject({
  name: personName.optional(),
  preferences: preferencesSchema.optional(),
});
export type UpdateProfile = z.output<typeof updateProfileSchema>;

export const changePasswordSchema = z.strictObject({
  currentPassword: z.string().min(1, 'Enter your current password.').max(passwordLength.max),
  newPassword,
});
export type ChangePassword = z.output<typeof changePasswordSchema>;
