/**
 * The library for certificates. Import it when it is needed: it takes longer to set up than Skerry's first
 * picture should have to wait.
 *
 * @module
 */

// The library's decorators need this, and before it.
import "reflect-metadata";

export * from "@peculiar/x509";
