using Microsoft.Extensions.Configuration;

namespace Granary.Silo.Options;

/// <summary>A provider of settings that can name where a value is from. The keys are the names of options.</summary>
internal interface ISettingSource : IConfigurationSource, IConfigurationProvider
{
    /// <summary>The place of an option that the provider has, as <c>--silo-port</c> or <c>GRANARY_SILO_PORT</c>.</summary>
    string PlaceOf(SiloOption option);
}
