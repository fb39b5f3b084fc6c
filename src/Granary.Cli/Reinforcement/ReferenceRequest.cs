namespace Granary.Cli.Reinforcement;

/// <summary>Options for training on a reference environment.</summary>
/// <param name="Environment">Name of the environment.</param>
/// <param name="Steps">Steps for each seed.</param>
/// <param name="Seeds">Number of trainings; their seeds start at <paramref name="FirstSeed"/>.</param>
/// <param name="Folder">Folder for policies and checkpoints; null stores none.</param>
internal sealed record ReferenceRequest(
    string Environment, long Steps, int Seeds = 1, long FirstSeed = 1, int Threads = 1, string? Folder = null);
