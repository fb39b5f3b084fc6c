using Microsoft.Extensions.Options;

namespace Granary.Api;

/// <summary>Checks <see cref="ApiSettings"/> by the ranges that its properties declare.</summary>
[OptionsValidator]
internal sealed partial class ApiSettingsValidator : IValidateOptions<ApiSettings>;
