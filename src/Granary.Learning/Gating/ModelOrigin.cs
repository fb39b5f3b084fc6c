namespace Granary.Learning.Gating;

/// <summary>The registered version that a filter was made of, or that was trained with its windows.</summary>
/// <param name="Registry">Folder or database, without a password.</param>
/// <param name="Model">Name in the registry.</param>
/// <param name="Version">From 1.</param>
public sealed record ModelOrigin(string Registry, string Model, int Version);
