using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Granary.Silo.Options;

/// <summary>
/// Reads a silo's settings: first the command line, then <c>GRANARY_…</c>, then the defaults. A secret can be in a file that
/// <c>GRANARY_…_FILE</c> names.
/// </summary>
internal static class SiloSettingsReader
{
    /// <param name="environment">Returns the value of a variable; null if it is not set.</param>
    /// <exception cref="OptionsValidationException">Settings are wrong; the exception lists all faults.</exception>
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
