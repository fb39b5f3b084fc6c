using System.Globalization;
using System.Net;
using Granary.Api;
using Granary.Api.Access;
using Granary.Engine;
using Granary.Server.Operations;
using Granary.Storage.Addresses;
using Granary.Trading.Live;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Granary.Silo.Options;

/// <summary>Checks a silo's settings against one another and against the machine; one sentence for each fault.</summary>
internal sealed class SiloSettingsValidator : IValidateOptions<SiloSettings>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, SiloSettings options)
    {
        var faults = new List<string>();
        CheckCluster(options, faults);
        CheckClusterTls(options, faults);
        CheckStreams(options, faults);
        CheckFolders(options, faults);
        CheckApi(options, faults);
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static void CheckCluster(SiloSettings s, List<string> faults)
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
        if (s.Clustering == Clustering.Localhost && s.Roles != SiloRolesText.All)
            faults.Add("--roles divides the work of several silos; say --clustering postgres, or leave it out");
        if (s.Clustering == Clustering.Localhost && s.Advertise is { } advertised && !IPAddress.IsLoopback(advertised))
            faults.Add($"--advertise {advertised} is for silos that find one another; say --clustering postgres, or leave it out");
        CheckKubernetes(s, faults);
    }

    private static void CheckKubernetes(SiloSettings s, List<string> faults)
    {
        if (!s.Kubernetes) return;
        if (s.Clustering != Clustering.Postgres)
            faults.Add("--kubernetes is for silos that find one another; say --clustering postgres, or leave it out");
        // Pods carry the id as a label.
        if (s.ClusterId.Length > 63 || s.ClusterId.Length > 0
            && !(char.IsAsciiLetterOrDigit(s.ClusterId[0]) && char.IsAsciiLetterOrDigit(s.ClusterId[^1])))
            faults.Add($"--cluster-id {s.ClusterId}: with --kubernetes it is a label of pods; begin and end with a letter or digit, and "
                + "use 63 characters at the most");
    }

    private static void CheckClusterTls(SiloSettings s, List<string> faults)
    {
        if (s.ClusterCertificate is not null && s.ClusterAuthority is null)
            faults.Add("--cluster-certificate needs the authorities that the other silos' certificates come from: give --cluster-authority "
                + "FILE");
        if (s.ClusterCertificate is null && (s.ClusterAuthority ?? s.ClusterCertificateKey ?? s.ClusterCertificatePasswordFile) is not null)
            faults.Add("--cluster-authority, --cluster-certificate-key and --cluster-certificate-password-file are for TLS between silos; "
                + "give --cluster-certificate FILE too, or leave them out");
    }

    private static void CheckStreams(SiloSettings s, List<string> faults)
    {
        if (s.Streams == StreamTransport.Kafka && s.Kafka is null) faults.Add("--streams kafka needs the brokers: give --kafka HOST:PORT");
        if (s.Streams != StreamTransport.Kafka && s.Kafka is not null)
            faults.Add($"--kafka names brokers that --streams {s.Streams.ToString().ToLowerInvariant()} does not use; say --streams kafka, "
                + "or leave it out");
        if (s.Streams != StreamTransport.Kafka && s.KafkaConfig.Count > 0)
            faults.Add("--kafka-config is for --streams kafka; say that too, or leave it out");
        if (s.Kafka is not null && s.Kafka.Split(',').FirstOrDefault(b => !IsHostAndPort(b)) is { } broker)
            faults.Add($"--kafka {broker}: write brokers as HOST:PORT,HOST:PORT");
    }

    private static void CheckFolders(SiloSettings s, List<string> faults)
    {
        if (s.Data is not null && !Directory.Exists(s.Data)) faults.Add($"--data {s.Data}: there is no such folder");
        if (File.Exists(s.Runs)) faults.Add($"--runs {s.Runs}: that is a file; give a folder");
        if (s.Plugins is not null && !Directory.Exists(s.Plugins)) faults.Add($"--plugins {s.Plugins}: there is no such folder");
        if (s.State is not null) CheckState(s.State, faults);
    }

    private static void CheckApi(SiloSettings s, List<string> faults)
    {
        if (s is { Mcp: true, Data: null })
            faults.Add("--mcp: assistants may name files in the folder of --data only, so that it is needed; add --data DIR");
        if (s.Keys is not null && !File.Exists(s.Keys))
            faults.Add($"--keys {s.Keys}: there is no such file; make it with: granary keys add NAME --role admin --file {s.Keys}");
        var before = faults.Count;
        var signIn = SignInSettings.Read(s.SignIn, faults);
        SignInSettings.ReadProxies(s.SignIn.TrustedProxies, (s.Keys ?? s.SignIn.OidcAuthority) is not null, faults);
        if (faults.Count > before) return;
        try
        {
            ListenAddresses.Check(s.Urls, s.Keys is not null || signIn is not null);
        }
        catch (InputException e)
        {
            faults.Add(e.Message);
        }
    }

    private static void CheckState(string state, List<string> faults)
    {
        try
        {
            AccountStores.Open(Address.Parse(state));
            if (File.Exists(state))
                faults.Add($"--state {Address.Parse(state)}: that is a file; give a folder, or postgres://user:password@host/database");
        }
        catch (InputException e)
        {
            faults.Add($"--state: {e.Message}");
        }
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
            // The text may contain a password, so the message does not repeat it.
            faults.Add($"--connection is not a PostgreSQL connection text ({e.Message}); write Host=…;Database=…;Username=…;Password=…");
        }
    }

    private static bool IsHostAndPort(string text) =>
        text.LastIndexOf(':') is > 0 and var colon
            && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port is > 0 and < 65536;
}
