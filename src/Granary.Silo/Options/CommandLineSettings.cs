using Granary.Engine.Market;
using Microsoft.Extensions.Configuration;

namespace Granary.Silo.Options;

/// <summary>
/// Settings from the command line, as <c>--name value</c>, <c>--name=value</c> or <c>--switch</c>. Unlike the framework's provider, it
/// refuses unknown options.
/// </summary>
internal sealed class CommandLineSettings(IReadOnlyList<string> args, List<string> faults) : ConfigurationProvider, ISettingSource
{
    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    public string PlaceOf(SiloOption option) => "--" + option.Name;

    public override void Load()
    {
        for (var i = 0; i < args.Count; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
            {
                faults.Add($"'{args[i]}' is not an option; options begin with '--', see --help");
                continue;
            }
            var equals = args[i].IndexOf('=');
            var name = equals < 0 ? args[i][2..] : args[i][2..equals];
            var next = equals < 0 && i + 1 < args.Count && !args[i + 1].StartsWith("--", StringComparison.Ordinal) ? args[i + 1] : null;
            if (SiloOption.All.FirstOrDefault(o => o.Name == name) is not { } option)
            {
                var near = Spelling.Nearest(name, SiloOption.All.Select(o => o.Name));
                faults.Add($"--{name} is not an option of the silo; {(near is null ? "--help lists them" : $"did you mean --{near}?")}");
                if (next is not null) i++; // its value
                continue;
            }
            var value = equals >= 0 ? args[i][(equals + 1)..] : option.Value is null ? "true" : next ?? "";
            if (equals < 0 && option.Value is not null && next is not null) i++;
            if (value.Length == 0) faults.Add($"--{name} needs a value: {option.Value}");
            else if (!Data.TryAdd(name, value)) faults.Add($"--{name} is given twice; keep one");
        }
    }
}
