using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Granary.Silo.Options;

/// <summary>
/// Reads a silo's settings: the command line first, then <c>GRANARY_…</c>, then the defaults. A value too secret for either can stand in a
/// file that <c>GRANARY_…_FILE</c> names.
/// </summary>
public static class SiloSettingsReader
{
    /// <param name="environment">Value of a variable; null where it is not set.</param>
    /// <exception cref="OptionsValidationException">All faults, not only the first.</exception>
    public static SiloSettings Read(IReadOnlyList<string> args, Func<string, string?> environment)
    {
        var faults = new List<string>();
        var configuration = new ConfigurationBuilder().Add(new EnvironmentSettings(environment, faults))
            .Add(new CommandLineSettings(args, faults)).Build();
        var settings = new SiloSettings();
        foreach (var option in SiloOption.All)
            foreach (var source in configuration.Providers.OfType<ISettingSource>().Reverse())
                if (source.TryGet(option.Name, out var text))
                {
                    option.Set(settings, text!, source.PlaceOf(option), faults);
                    break;
                }
        faults.AddRange(new SiloSettingsValidator().Validate(null, settings).Failures ?? []);
        return faults.Count == 0 ? settings
            : throw new OptionsValidationException(nameof(SiloSettings), typeof(SiloSettings), faults);
    }
}
