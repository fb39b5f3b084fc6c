using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Granary.Engine;
using Granary.Simulation.Json;
using Granary.Storage.Files;

namespace Granary.Server.Access;

/// <summary>The passwords and API keys of a new deployment with docker-compose.yml.</summary>
/// <param name="Environment">The file with the passwords and the keys, which Compose reads.</param>
/// <param name="Keys">The file with the hashes of the keys, which the silos read a copy of.</param>
internal sealed record ComposeSetup(string Environment, string Keys)
{
    private const string ComposeFile = "docker-compose.yml", KeysFile = "secrets/keys.json";

    // Letters and digits: Compose expands a dollar sign in the file, and a connection string gives quotes and semicolons a meaning.
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>Characters of a password: 190 bits.</summary>
    private const int Length = 32;

    /// <summary>The profiles of docker-compose.yml.</summary>
    public static IReadOnlyList<string> Profiles { get; } = ["small", "full"];

    /// <summary>Makes the passwords and the keys, and writes both files so that only their owner reads them.</summary>
    /// <param name="folder">The folder with docker-compose.yml.</param>
    /// <param name="profile">The profile that Compose starts when none is named.</param>
    /// <exception cref="InputException">The profile is unknown, docker-compose.yml is missing, or one of the files exists.</exception>
    /// <exception cref="ServiceUnavailableException">A file cannot be written.</exception>
    public static async Task<ComposeSetup> CreateAsync(string folder, string profile, TimeProvider clock,
        CancellationToken cancellationToken = default)
    {
        if (!Profiles.Contains(profile))
            throw new InputException($"--profile {profile}: {ComposeFile} has the profiles {string.Join(" and ", Profiles)}");
        if (!File.Exists(Path.Combine(folder, ComposeFile)))
            throw new InputException($"{Path.GetFullPath(folder)} has no {ComposeFile}; name the folder of your clone with --in");
        var setup = new ComposeSetup(Path.Combine(folder, ".env"), Path.Combine(folder, KeysFile));
        foreach (var file in new[] { setup.Environment, setup.Keys })
            if (File.Exists(file))
                throw new InputException($"{file} exists already, and its secrets may be in use: a database keeps the password that it was "
                    + "made with. To make new ones, remove the containers and their volumes, and then this file");
        await setup.WriteAsync(profile, clock, cancellationToken).ConfigureAwait(false);
        return setup;
    }

    private async Task WriteAsync(string profile, TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Keys)!);
            // Of two calls at the same time, the second one fails here, since the file has a key named admin then.
            var admin = await ApiKeys.AddAsync(Keys, "admin", Role.Admin, clock, cancellationToken: cancellationToken)
                .ConfigureAwait(false);
            var metrics = await ApiKeys.AddAsync(Keys, "prometheus", Role.Viewer, clock, cancellationToken: cancellationToken)
                .ConfigureAwait(false);
            AtomicFile.Write(Environment, Encoding.UTF8.GetBytes(Text(profile, admin, metrics, clock)), AtomicFile.OwnerOnly);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The keys are of no use without the file that has them in clear.
            foreach (var file in new[] { Keys, ApiKeys.AuditOf(Keys) }) File.Delete(file);
            throw new ServiceUnavailableException($"{Path.GetDirectoryName(Path.GetFullPath(Environment))} cannot be written "
                + $"({e.Message}); make room, or give the user of this process the right", e);
        }
    }

    private static string Text(string profile, string admin, string metrics, TimeProvider clock) =>
        string.Create(CultureInfo.InvariantCulture, $"""
            # Secrets of docker-compose.yml, made by 'granary setup compose' on {clock.GetUtcNow():yyyy-MM-dd}. Never commit this file.
            # Name of the project, and the profile that 'docker compose up' starts: {string.Join(" or ", Profiles)}.
            COMPOSE_PROJECT_NAME=granary
            COMPOSE_PROFILES={profile}

            POSTGRES_PASSWORD={Password()}
            QUESTDB_PASSWORD={Password()}
            GRAFANA_PASSWORD={Password()}

            # The API key of 'admin', which the command line reads, and that of 'prometheus'. Their hashes are in GRANARY_KEYS_FILE.
            GRANARY_KEY={admin}
            PROMETHEUS_KEY={metrics}
            GRANARY_KEYS_FILE=./{KeysFile}

            # Folder with bars that batches may read.
            GRANARY_DATA_DIR=./samples

            """).ReplaceLineEndings("\n");

    private static string Password() => RandomNumberGenerator.GetString(Alphabet, Length);
}
