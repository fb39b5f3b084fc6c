using System.CommandLine;
using Granary.Api;
using Granary.Api.Access;
using Granary.Api.Hosting;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Server.Access;
using Granary.Server.Jobs;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Passes;
using Granary.Simulation.Validation;
using Granary.Storage.Files;
using Granary.Trading.Parity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Granary.Cli.Commands;

/// <summary><c>granary serve</c>: the HTTP API of one process.</summary>
internal static class ServeCommand
{
    // For open requests.
    private static readonly TimeSpan LongestRequests = TimeSpan.FromSeconds(2);

    private sealed record Options
    {
        [Key("addresses to listen on")]
        public string Urls { get; init; } = "http://127.0.0.1:8080";
        [Key("the folder of the runs, accounts and sessions")]
        public string Runs { get; init; } = "runs";
        [Key("the file of API keys; with neither keys nor sign-in, only this machine may call")]
        public string? Keys { get; init; }
        [Key("certificate for https addresses: a PFX file, or a PEM file with --certificate-key")]
        public string? Certificate { get; init; }
        [Key("the PEM file of the certificate's private key")]
        public string? CertificateKey { get; init; }
        [Key("a file with the password of the private key (the variable GRANARY_CERTIFICATE_PASSWORD)")]
        public string? CertificatePasswordFile { get; init; }
        [Key("threads to use (all)")]
        public int Threads { get; init; } = Environment.ProcessorCount;
        [Key("the folder of stores, uploads, models and deployments; callers may name only files in it "
            + "(default: the folder of --runs, and callers may name any file)")]
        public string? Data { get; init; }
        [Key("the file of channels and notification rules (no notifications)")]
        public string? Notifications { get; init; }
        [Key("the registry of models: a folder, or postgres://… (the folder models of --data)")]
        public string? Models { get; init; }
        [Key("the store of deployments: a folder, or postgres://… (the folder deployments of --data)")]
        public string? Deployments { get; init; }
        [Key("also serve assistants at /mcp; needs --data")]
        public bool Mcp { get; init; }
        [Key("maximum requests per second of each key")]
        public int RateLimit { get; init; } = 5_000;
        [Key("maximum queued work of each key, in billions of bars times strategies")]
        public int WorkLimit { get; init; } = 10_000;
    }

    public static Command Create(CompositionRoot root)
    {
        var command = new Command("serve", "Serve the HTTP API: batches, jobs, weights, live sessions and accounts.");
        var options = new OptionBinding<Options>(command);
        var signIn = new OptionBinding<SignInKeys>(command);
        var states = Many("--state", "the --state of a live session to show (a folder, or postgres://…?account=NAME)");
        var sources = Many("--allow-source", "with --data: a further source that callers may name, such as postgres or "
            + "kafka://broker:9092/bars");
        command.Options.Add(states);
        command.Options.Add(sources);
        command.SetAction(async (call, token) =>
        {
            var given = options.Read(call);
            Given.Threads(given.Threads);
            var keys = given.Keys is { } file ? ApiKeys.Open(file) : null;
            if (given is { Mcp: true, Data: null })
                throw new InputException("--mcp: assistants may name files in the folder of --data only, so that it is needed; add --data DIR");
            var faults = new List<string>();
            var people = signIn.Read(call);
            var oidc = SignInSettings.Read(people, faults);
            var proxies = SignInSettings.ReadProxies(people.TrustedProxies, (given.Keys ?? people.OidcAuthority) is not null, faults);
            if (faults.Count > 0) throw new InputException(faults);
            ListenAddresses.Check(given.Urls, keys is not null || oidc is not null);
            ListenAddresses.CheckFree(given.Urls);
            using var runs = Own(given.Runs, "--runs", $"a server on {given.Urls}");
            using var data = given.Data is null || Path.GetFullPath(given.Data) == Path.GetFullPath(given.Runs) ? null
                : Own(DataFolder(given.Data), "--data", $"a server on {given.Urls}");
            var app = Build(given, new ApiSettings
            {
                Keys = keys,
                SignIn = oidc,
                TrustedProxies = proxies,
                Accounts = call.GetValue(states)!,
                DataFolder = DataFolder(given.Data ?? given.Runs),
                Confined = given.Data is not null,
                AllowedSources = call.GetValue(sources)!,
                Models = given.Models,
                Deployments = given.Deployments,
                Runs = Path.GetFullPath(given.Runs),
                Assistants = given.Mcp,
                RequestsPerSecond = given.RateLimit,
                MostQueuedWork = given.WorkLimit * 1e9,
            }, root.Catalogues(call));
            var code = await ListenAsync(app, given, token);
            await HostEnd.DisposeAsync(app, code);
            return code;
        });
        return command;
    }

    /// <summary>Locks a folder: two servers would both run its jobs, sessions and schedules.</summary>
    /// <param name="holder">This server, for messages of others.</param>
    /// <exception cref="InputException">Another server uses the folder.</exception>
    public static FolderLock Own(string folder, string option, string holder) => FolderLock.Take(Path.GetFullPath(folder), ".serve.lock",
        holder, TimeProvider.System,
        other => new InputException($"{option} {folder} is in use by {other}; stop that server, or name another folder"));

    private static Option<string[]> Many(string name, string description) =>
        new(name) { DefaultValueFactory = _ => [], Description = description + "; may be repeated" };

    /// <exception cref="InputException">There is no such folder.</exception>
    public static string DataFolder(string given) => Directory.Exists(given) ? Path.GetFullPath(given)
        : throw new InputException($"--data {given}: there is no such folder");

    private static WebApplication Build(Options given, ApiSettings settings, GranaryCatalogues catalogues)
    {
        var builder = WebApplication.CreateSlimBuilder();
        new CertificateFiles(given.Certificate, given.CertificateKey, given.CertificatePasswordFile).Listen(builder, given.Urls);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = LongestRequests);
        OtlpTelemetry.Add(builder, "granary-serve", $"{Environment.MachineName}-{Environment.ProcessId}");
        builder.Services.AddGranaryApi(settings, catalogues);
        var runs = Path.GetFullPath(given.Runs);
        builder.Services.AddLocalJobs(runs,
            s => new HostedRunner(new EmbeddedHost(given.Threads) { Yields = true }, TimeProvider.System, given.Threads, runs,
                TrialLedger.OfUser(), s.GetRequiredService<RunningBatches>(), s.GetRequiredService<ServerParity>));
        builder.Services.AddLocalSessions(runs).AddNotifications(given.Notifications);
        var app = builder.Build();
        app.UseGranaryApi();
        return app;
    }

    // Runs until it is stopped, or ends itself because a strategy does not return. The next server continues its sessions.
    private static async Task<int> ListenAsync(WebApplication app, Options given, CancellationToken token)
    {
        try
        {
            await app.StartAsync(token);
        }
        catch (IOException e)
        {
            // Another program took the port after it was checked.
            CommandLine.Complain($"--urls {given.Urls}: {e.Message.TrimEnd('.')}; choose another port");
            return CommandLine.Failed;
        }
        ListenAddresses.WarnOfPlainText(given.Urls, app.Logger);
        Console.WriteLine($"Granary listens on {string.Join(", ", app.Urls)}; runs are in "
            + $"{Path.GetFullPath(given.Runs)}, stores and uploads in {Path.GetFullPath(given.Data ?? given.Runs)}; Ctrl-C stops it");
        using var end = CancellationTokenSource.CreateLinkedTokenSource(token, app.Lifetime.ApplicationStopping);
        await Task.Delay(Timeout.Infinite, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await app.StopAsync(CancellationToken.None);
        return Environment.ExitCode;
    }
}
