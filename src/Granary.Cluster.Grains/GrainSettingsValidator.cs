using Microsoft.Extensions.Options;

namespace Granary.Cluster.Grains;

/// <summary>Checks <see cref="GrainSettings"/> by the ranges that its properties declare.</summary>
[OptionsValidator]
internal sealed partial class GrainSettingsValidator : IValidateOptions<GrainSettings>;
