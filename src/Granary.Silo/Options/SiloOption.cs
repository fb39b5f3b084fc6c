using System.Globalization;
using System.Net;
using Granary.Api;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Server.Operations;
using Granary.Simulation.Keys;

namespace Granary.Silo.Options;

/// <summary>
/// An option of a silo, on the command line or as an environment variable of the same name: a key of <see cref="SiloSettings"/> or
/// <see cref="SignInKeys"/>.
/// </summary>
internal sealed class SiloOption
{
    private readonly RecordKey _key;

    private readonly Func<SiloSettings, object> _record;

    private SiloOption(RecordKey key, Func<SiloSettings, object> record)
    {
        (_key, _record) = (key, record);
        Name = key.Flag[2..];
        Default = key.Default switch
        {
            SiloRoles roles => roles.ToString().ToLowerInvariant().Replace(", ", ",", StringComparison.Ordinal),
            Enum word => EnumWords.Of(word),
            int number => number.ToString(CultureInfo.InvariantCulture),
            TimeSpan time => time.TotalSeconds.ToString(CultureInfo.InvariantCulture),
            var other => other as string,
        };
    }

    /// <summary>All options, in the order of the settings.</summary>
    public static IReadOnlyList<SiloOption> All { get; } = [
        .. RecordKeys<SiloSettings>.All.Select(key => new SiloOption(key, static s => s)),
        .. RecordKeys<SignInKeys>.All.Select(key => new SiloOption(key, static s => s.SignIn))];

    /// <summary>As on the command line, without the dashes.</summary>
    public string Name { get; }

    /// <summary>As <c>GRANARY_CLUSTER_ID</c>.</summary>
    public string Variable => "GRANARY_" + Name.ToUpperInvariant().Replace('-', '_');

    /// <summary>Stands for its value in the help; null for a switch.</summary>
    public string? Value => _key.Placeholder;

    /// <summary>null = none.</summary>
    public string? Default { get; }

    public string Description => _key.Help;

    /// <summary>Sets the option in the settings, or adds a fault.</summary>
    /// <param name="source">Where the text is from, as <c>--silo-port</c> or <c>GRANARY_SILO_PORT</c>.</param>
    internal void Set(SiloSettings settings, string text, string source, List<string> faults)
    {
        try
        {
            if (Read(text, source, faults) is { } value) _key.Set(_record(settings), value);
        }
        catch (InputException e)
        {
            faults.Add(e.Message);
        }
    }

    private object? Read(string text, string source, List<string> faults)
    {
        var type = _key.Type;
        if (type == typeof(SiloRoles))
            return SiloRolesText.Parse(text) ?? throw Wrong("choose from api, compute and sessions, with commas between");
        if (type == typeof(IPAddress))
            return IPAddress.TryParse(text, out var address) ? address : throw Wrong("give an IP address, not a name");
        if (type == typeof(IReadOnlyList<string>))
            return text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (type == typeof(IReadOnlyDictionary<string, string>)) return KafkaConfigFile.Read(text, source, faults);
        if (type != typeof(TimeSpan)) return _key.Read(source, text);
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds((int)_key.Check(source, seconds)) : throw Wrong("a whole number of seconds is needed");

        InputException Wrong(string remedy) => new($"{source} {text}: {remedy}");
    }
}
