namespace Granary.Simulation.Batches;

/// <summary>Models that a production configuration uses.</summary>
/// <param name="Json">Models by name:version, in the format that <see cref="ModelReference"/> reads.</param>
/// <param name="RiskVersions">name:version of each risk model, by model name; models without a version are left out.</param>
internal sealed record ProductionModels(string Json, IReadOnlyDictionary<string, string> RiskVersions);
