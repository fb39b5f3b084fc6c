namespace Granary.Learning.Gating;

/// <summary>The registered version that a filter was created from, or that was trained with its windows.</summary>
/// <param name="Registry">The folder or database, without a password.</param>
/// <param name="Model">Name in the registry.</param>
/// <param name="Version">From 1.</param>
internal sealed record ModelOrigin(string Registry, string Model, int Version);
