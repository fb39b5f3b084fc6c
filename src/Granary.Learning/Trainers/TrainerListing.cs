namespace Granary.Learning.Trainers;

/// <summary>All trainers that a process can load.</summary>
/// <param name="Trainers">The trainers in alphabetical order.</param>
/// <param name="Missing">One sentence for each library that is missing.</param>
internal sealed record TrainerListing(IReadOnlyList<TrainerDefinition> Trainers, IReadOnlyList<string> Missing);
