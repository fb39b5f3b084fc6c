namespace Granary.Modelling.Reinforcement;

/// <summary>A training on a reference environment.</summary>
/// <param name="Environment">Its name.</param>
/// <param name="Steps">Of each seed.</param>
/// <param name="Seeds">How many trainings, with the seeds from <paramref name="FirstSeed"/> on.</param>
/// <param name="Folder">Where policies and checkpoints are kept; null keeps none.</param>
public sealed record ReferenceRequest(
    string Environment, long Steps, int Seeds = 1, long FirstSeed = 1, int Threads = 1, string? Folder = null);
