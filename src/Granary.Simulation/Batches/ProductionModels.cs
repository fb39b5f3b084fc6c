namespace Granary.Simulation.Batches;

/// <summary>The models that a production configuration goes on with.</summary>
/// <param name="Json">By name:version, as <see cref="ModelReference"/> reads them.</param>
/// <param name="RiskVersions">By the name of a model of the risk its name:version; those without a version are left out.</param>
public sealed record ProductionModels(string Json, IReadOnlyDictionary<string, string> RiskVersions);
