using System.Globalization;
using System.Net;
using Granary.Api.Access;
using Granary.Application.Json;
using Granary.Application.Live;
using Granary.Engine.Market;
using Npgsql;

namespace Granary.Silo.Options;

/// <summary>The command line or the environment is wrong; one sentence for each fault.</summary>
public sealed class SiloSettingsException(IReadOnlyList<string> faults) : Exception(string.Join('\n', faults))
{
    public IReadOnlyList<string> Faults { get; } = faults;
}

/// <summary>
/// Reads a silo's settings: the command line first, then <c>GRANARY_…</c>, then the defaults. A value too secret for either can stand in a
/// file that <c>GRANARY_…_FILE</c> names.
/// </summary>
public static class SiloSettingsReader
{
    /// <param name="environment">Value of a variable; null where it is not set.</param>
    /// <exception cref="SiloSettingsException">All that is wrong, not only the first of it.</exception>
    public static SiloSettings Read(IReadOnlyList<string> args, Func<string, string?> environment)
    {
        var faults = new List<string>();
        var given = Arguments(args, faults);
        (string Text, string Source)? Find(string name)
        {
            if (given.TryGetValue(name, out var value)) return (value, "--" + name);
            var option = SiloOption.All.First(o => o.Name == name);
            if (environment(option.Variable) is { Length: > 0 } text) return (text, option.Variable);
            if (environment(option.Variable + "_FILE") is not { Length: > 0 } file) return null;
            try
            {
                return (File.ReadAllText(file).Trim(), option.Variable + "_FILE");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                faults.Add($"{option.Variable}_FILE: {file} cannot be read: {e.Message}");
                return null;
            }
        }

        T Parse<T>(string name, T otherwise, Func<string, T?> parse, string remedy) where T : struct
        {
            if (Find(name) is not { } found) return otherwise;
            if (parse(found.Text) is { } value) return value;
            faults.Add($"{found.Source} {found.Text}: {remedy}");
            return otherwise;
        }

        int Whole(string name, int otherwise, int least, int most) => Parse(name, otherwise,
            t => int.TryParse(t, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n >= least && n <= most ? n : null,
            $"give a whole number from {least} to {most}");

        var defaults = new SiloSettings();
        var settings = new SiloSettings
        {
            Urls = Find("urls")?.Text ?? defaults.Urls,
            Clustering = Parse("clustering", Clustering.Localhost, Word<Clustering>, "choose localhost or postgres"),
            Connection = Find("connection")?.Text,
            ClusterId = Find("cluster-id")?.Text ?? defaults.ClusterId,
            NewCluster = Parse("new-cluster", false, t => bool.TryParse(t, out var yes) ? yes : null, "say true or false, or leave it out"),
            SiloPort = Whole("silo-port", defaults.SiloPort, 1, 65535),
            GatewayPort = Whole("gateway-port", defaults.GatewayPort, 1, 65535),
            Advertise = Find("advertise") is { } address
                ? IPAddress.TryParse(address.Text, out var ip) ? ip
                : Fault<IPAddress>($"{address.Source} {address.Text}: give an IP address, not a name") : null,
            Streams = Parse("streams", StreamTransport.Memory, Word<StreamTransport>, "choose memory or kafka"),
            Kafka = Find("kafka")?.Text,
            KafkaConfig = Find("kafka-config") is { } config ? Lines(config.Text, config.Source, faults) : defaults.KafkaConfig,
            Runs = Find("runs")?.Text ?? defaults.Runs,
            State = Find("state") is { } state ? Account(state.Text, state.Source, faults) : null,
            Data = Find("data")?.Text,
            Plugins = Find("plugins")?.Text,
            Keys = Find("keys")?.Text,
            Threads = Whole("threads", defaults.Threads, 1, 1024),
            StartTimeout = TimeSpan.FromSeconds(Whole("start-timeout", (int)defaults.StartTimeout.TotalSeconds, 1, 3600)),
            DrainTimeout = TimeSpan.FromSeconds(Whole("drain-timeout", (int)defaults.DrainTimeout.TotalSeconds, 0, 3600)),
        };
        Check(settings, faults);
        return faults.Count == 0 ? settings : throw new SiloSettingsException(faults);

        T? Fault<T>(string sentence) where T : class
        {
            faults.Add(sentence);
            return null;
        }
    }

    private static void Check(SiloSettings s, List<string> faults)
    {
        if (s.ClusterId.Length is 0 or > 100 || s.ClusterId.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
            faults.Add($"--cluster-id {s.ClusterId}: use letters, digits, '-', '_' and '.', 100 at the most");
        if (s.SiloPort == s.GatewayPort) faults.Add($"--silo-port and --gateway-port are both {s.SiloPort}; give two different ports");
        if (s.Clustering == Clustering.Postgres)
        {
            if (s.Connection is null) faults.Add("--clustering postgres needs the database: give --connection "
                + "\"Host=…;Database=…;Username=…;Password=…\", or GRANARY_CONNECTION");
            else CheckConnection(s.Connection, faults);
        }
        else if (s.Connection is not null)
        {
            faults.Add("--connection names a database that --clustering localhost does not use; say --clustering postgres, or leave it "
                + "out");
        }
        if (s.Streams == StreamTransport.Kafka && s.Kafka is null) faults.Add("--streams kafka needs the brokers: give --kafka HOST:PORT");
        if (s.Streams == StreamTransport.Memory && s.Kafka is not null)
            faults.Add("--kafka names brokers that --streams memory does not use; say --streams kafka, or leave it out");
        if (s.Streams == StreamTransport.Memory && s.KafkaConfig.Count > 0)
            faults.Add("--kafka-config is for --streams kafka; say that too, or leave it out");
        if (s.Kafka is not null && s.Kafka.Split(',').FirstOrDefault(b => !IsHostAndPort(b)) is { } broker)
            faults.Add($"--kafka {broker}: write brokers as HOST:PORT,HOST:PORT");
        if (s.Data is not null && !Directory.Exists(s.Data)) faults.Add($"--data {s.Data}: there is no such folder");
        if (File.Exists(s.Runs)) faults.Add($"--runs {s.Runs}: that is a file; give a folder");
        if (s.Plugins is not null && !Directory.Exists(s.Plugins)) faults.Add($"--plugins {s.Plugins}: there is no such folder");
        if (s.Clustering == Clustering.Localhost && s.Advertise is { } advertised && !IPAddress.IsLoopback(advertised))
            faults.Add($"--advertise {advertised} is for silos that find one another; say --clustering postgres, or leave it out");
        if (s.Keys is not null && !File.Exists(s.Keys))
            faults.Add($"--keys {s.Keys}: there is no such file; make it with: granary keys add NAME --role admin --file {s.Keys}");
        try
        {
            ListenAddresses.Check(s.Urls, s.Keys is not null);
        }
        catch (InputException e)
        {
            faults.Add(e.Message);
        }
    }

    /// <summary>Lines as name=value; empty ones and those that begin with # say nothing.</summary>
    private static Dictionary<string, string> Lines(string file, string source, List<string> faults)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            foreach (var (number, line) in File.ReadAllLines(file).Index())
            {
                if (line.Trim() is not { Length: > 0 } text || text[0] == '#') continue;
                if (text.IndexOf('=') is > 0 and var equals) settings[text[..equals].Trim()] = text[(equals + 1)..].Trim();
                else faults.Add($"{source} {file}, line {number + 1}: write name=value"); // the line may be a secret, so it is not repeated
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add($"{source}: {file} cannot be read: {e.Message}");
        }
        return settings;
    }

    private static string Account(string state, string source, List<string> faults)
    {
        try
        {
            AccountStores.Open(state);
            if (File.Exists(state))
                faults.Add($"{source} {state}: that is a file; give a folder, or postgres://user:password@host/database");
        }
        catch (InputException e)
        {
            faults.Add($"{source}: {e.Message}");
        }
        return state;
    }

    private static void CheckConnection(string text, List<string> faults)
    {
        try
        {
            var connection = new NpgsqlConnectionStringBuilder(text);
            if (string.IsNullOrEmpty(connection.Host))
                faults.Add("--connection: 'Host' is missing; write Host=…;Database=…;Username=…;Password=…");
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            // the text itself may hold a password, so it is not repeated
            faults.Add($"--connection is not a PostgreSQL connection text ({e.Message}); write Host=…;Database=…;Username=…;Password=…");
        }
    }

    private static bool IsHostAndPort(string text) =>
        text.LastIndexOf(':') is > 0 and var colon
            && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port is > 0 and < 65536;

    private static T? Word<T>(string text) where T : struct, Enum =>
        Enum.TryParse<T>(text, ignoreCase: true, out var value) && !char.IsAsciiDigit(text[0]) ? value : null;

    private static Dictionary<string, string> Arguments(IReadOnlyList<string> args, List<string> faults)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < args.Count; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
            {
                faults.Add($"'{args[i]}' is not an option; options begin with '--', see --help");
                continue;
            }
            var equals = args[i].IndexOf('=');
            var name = equals < 0 ? args[i][2..] : args[i][2..equals];
            if (SiloOption.All.FirstOrDefault(o => o.Name == name) is not { } option)
            {
                faults.Add($"--{name} is not an option of the silo; {(Spelling.Nearest(name, SiloOption.All.Select(o => o.Name)) is { } near ? $"did you mean --{near}?" : "--help lists them")}");
                if (equals < 0 && i + 1 < args.Count && !args[i + 1].StartsWith("--", StringComparison.Ordinal)) i++; // its value
                continue;
            }
            string value;
            if (equals >= 0) value = args[i][(equals + 1)..];
            else if (option.Value is null) value = "true";
            else if (i + 1 < args.Count && !args[i + 1].StartsWith("--", StringComparison.Ordinal)) value = args[++i];
            else
            {
                faults.Add($"--{name} needs a value: {option.Value}");
                continue;
            }
            if (value.Length == 0) faults.Add($"--{name} needs a value: {option.Value}");
            else if (!given.TryAdd(name, value)) faults.Add($"--{name} is given twice; keep one");
        }
        return given;
    }
}
