using Microsoft.Extensions.Configuration;

namespace Granary.Silo.Options;

/// <summary>A provider of settings that can name the origin of a value. The keys are the names of options.</summary>
internal interface ISettingSource : IConfigurationSource, IConfigurationProvider
{
    /// <summary>Returns the origin of an option's value, such as <c>--silo-port</c> or <c>GRANARY_SILO_PORT</c>.</summary>
    string PlaceOf(SiloOption option);
}
