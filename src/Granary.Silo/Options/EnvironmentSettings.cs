using Microsoft.Extensions.Configuration;

namespace Granary.Silo.Options;

/// <summary>Settings from variables <c>GRANARY_…</c>, and secrets from the file that <c>GRANARY_…_FILE</c> names.</summary>
/// <param name="environment">Returns the value of a variable; null if it is not set.</param>
internal sealed class EnvironmentSettings(Func<string, string?> environment, List<string> faults) : ConfigurationProvider, ISettingSource
{
    private const string File = "_FILE";

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    public string PlaceOf(SiloOption option) => environment(option.Variable) is { Length: > 0 } ? option.Variable : option.Variable + File;

    /// <inheritdoc/>
    /// <remarks>A file is read only if its value is needed, that is, if the command line does not have the option.</remarks>
    public override bool TryGet(string key, out string? value)
    {
        var option = SiloOption.All.First(o => o.Name == key);
        value = environment(option.Variable);
        if (value is { Length: > 0 }) return true;
        if (environment(option.Variable + File) is not { Length: > 0 } file) return false;
        try
        {
            value = System.IO.File.ReadAllText(file).Trim();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add($"{option.Variable}{File}: {file} cannot be read: {e.Message}");
            return false;
        }
    }
}
