using System.Globalization;
using System.Net;
using System.Reflection;
using Granary.Server.Operations;

namespace Granary.Silo.Options;

/// <summary>
/// An option of a silo, on the command line or as an environment variable of the same name: a property of <see cref="SiloSettings"/>.
/// </summary>
public sealed class SiloOption
{
    private readonly PropertyInfo _property;
    private readonly SettingAttribute _setting;
    private readonly Type _type;

    private SiloOption(PropertyInfo property, SiloSettings defaults)
    {
        (_property, _setting) = (property, property.GetCustomAttribute<SettingAttribute>()!);
        _type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        Name = string.Concat(property.Name.Select((c, i) => char.IsAsciiLetterUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c)
            : c.ToString()));
        Default = property.GetValue(defaults) switch
        {
            SiloRoles roles => roles.ToString().ToLowerInvariant().Replace(", ", ",", StringComparison.Ordinal),
            Enum word => word.ToString().ToLowerInvariant(),
            int number => number.ToString(CultureInfo.InvariantCulture),
            TimeSpan time => time.TotalSeconds.ToString(CultureInfo.InvariantCulture),
            var other => other as string,
        };
    }

    /// <summary>All options, in the order of the settings.</summary>
    public static IReadOnlyList<SiloOption> All { get; } = [.. typeof(SiloSettings).GetProperties()
        .Where(p => p.IsDefined(typeof(SettingAttribute))).OrderBy(p => p.MetadataToken)
        .Select(p => new SiloOption(p, new SiloSettings()))];

    /// <summary>As on the command line, without the dashes.</summary>
    public string Name { get; }

    /// <summary>As <c>GRANARY_CLUSTER_ID</c>.</summary>
    public string Variable => "GRANARY_" + Name.ToUpperInvariant().Replace('-', '_');

    /// <summary>Stands for its value in the help; null for a switch.</summary>
    public string? Value => _setting.Value;

    /// <summary>null = none.</summary>
    public string? Default { get; }

    public string Description => _setting.Description;

    /// <summary>Sets the option in the settings, or adds a fault.</summary>
    /// <param name="source">Where the text is from, as <c>--silo-port</c> or <c>GRANARY_SILO_PORT</c>.</param>
    internal void Set(SiloSettings settings, string text, string source, List<string> faults)
    {
        var (value, remedy) = Read(text, source, faults);
        if (value is not null) _property.SetValue(settings, value);
        else faults.Add($"{source} {text}: {remedy}");
    }

    private (object? Value, string Remedy) Read(string text, string source, List<string> faults)
    {
        if (_type == typeof(bool)) return (bool.TryParse(text, out var yes) ? yes : null, "say true or false, or leave it out");
        if (_type == typeof(int) || _type == typeof(TimeSpan))
        {
            var isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number >= _setting.Least && number <= _setting.Most;
            return (!isNumber ? null : _type == typeof(int) ? number : TimeSpan.FromSeconds(number),
                $"give a whole number from {_setting.Least} to {_setting.Most}");
        }
        if (_type == typeof(SiloRoles)) return (SiloRolesText.Parse(text), "choose from api, compute and sessions, with commas between");
        if (_type.IsEnum)
            return (Enum.GetNames(_type).FirstOrDefault(n => n.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } name
                ? Enum.Parse(_type, name) : null, "choose " + Choices(_setting.Value!.Split('|')));
        if (_type == typeof(IPAddress))
            return (IPAddress.TryParse(text, out var address) ? address : null, "give an IP address, not a name");
        if (_type == typeof(IReadOnlyList<string>))
            return (text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), "");
        return (_type == typeof(string) ? text : KafkaConfigFile.Read(text, source, faults), "");
    }

    private static string Choices(string[] names) => $"{string.Join(", ", names[..^1])} or {names[^1]}";
}
