using System.Diagnostics;
using System.Globalization;

namespace Granary.Testing;

/// <summary>
/// A real PostgreSQL server of its own, in a temporary folder, on a free port of this machine; a test that needs one skips, with the
/// reason, where none is installed. A fixture that starts one is marked with <see cref="NeedsPostgresAttribute"/>.
/// </summary>
/// <remarks>
/// It listens on loopback only, asks every user for a password, as a server in production does, and is as fast and as forgetful as a test
/// wants (no fsync). Tests connect as <see cref="User"/>, which owns the databases and has no rights of a superuser. Since PostgreSQL
/// refuses to run as root, root starts it as the user <c>postgres</c>.
/// </remarks>
internal sealed class PostgresServer : IAsyncDisposable
{
    private static readonly string[] Places = ["/usr/lib/postgresql/18/bin", "/usr/lib/postgresql/17/bin", "/usr/lib/postgresql/16/bin",
        "/usr/lib/postgresql/15/bin", "/usr/lib/postgresql/14/bin", "/usr/local/bin", "/usr/bin"];

    // A database is a thousand files: on a disk a server takes nine times the processor time to make one. Containers have little of it.
    /// <summary>The role that owns the databases of the tests.</summary>
    public const string User = "granary";

    /// <summary>The password of <see cref="User"/>, of the superuser <c>postgres</c>, and of roles that a test makes (postgres.sh has it
    /// too). Its signs separate the parts of addresses and of connection texts.</summary>
    public const string Password = "p@ss:w/rd;1%";

    private const string Memory = "/dev/shm";
    private const long LeastMemory = 4L << 30;

    private static readonly Lazy<Task<PostgresServer>> Common = new(FindCommonAsync);

    private readonly string _bin;
    private readonly string _folder;
    private bool _isCommon;

    private PostgresServer(string bin, string folder, int port)
    {
        _bin = bin;
        _folder = folder;
        Port = port;
    }

    public int Port { get; }

    private string Data => Path.Combine(_folder, "data");

    /// <summary>Npgsql's text for a database of this server; short time-outs, so that a test of a fault does not wait.</summary>
    public string ConnectionString(string database = "postgres") =>
        $"Host=127.0.0.1;Port={Port};Username={User};Password='{Password}';Database={database};Timeout=60;Command Timeout=180";

    /// <summary>The address of a database, with the password.</summary>
    public string AddressOf(string database) =>
        $"postgres://{User}:{Uri.EscapeDataString(Password)}@127.0.0.1:{Port}/{database}";

    /// <summary>The address of a database as messages show it.</summary>
    public string ShownAddressOf(string database) => $"postgres://{User}@127.0.0.1:{Port}/{database}";

    /// <summary>
    /// The server that all tests share, each with databases of its own: the one of test.sh (its port is in GRANARY_TEST_POSTGRES), else one
    /// of this process. Disposing it does nothing. A test that stops its server, or changes its settings, starts its own.
    /// </summary>
    public static Task<PostgresServer> ShareAsync() => Common.Value;

    private static async Task<PostgresServer> FindCommonAsync()
    {
        PostgresServer server;
        if (int.TryParse(Environment.GetEnvironmentVariable("GRANARY_TEST_POSTGRES"), CultureInfo.InvariantCulture, out var port))
        {
            server = new PostgresServer(FindPrograms(), "", port);
        }
        else
        {
            server = await StartAsync();
            AppDomain.CurrentDomain.ProcessExit += (_, _) => server.RemoveAsync().GetAwaiter().GetResult();
        }
        server._isCommon = true;
        return server;
    }

    private static string? Programs =>
        OperatingSystem.IsWindows() ? null : Places.FirstOrDefault(p => File.Exists(Path.Combine(p, "initdb")));

    /// <summary>Why tests that need a server skip here; null where PostgreSQL is installed.</summary>
    public static string? MissingReason => Programs is null
        ? "needs a PostgreSQL server (initdb), which this machine does not have; on Debian: apt-get install postgresql" : null;

    private static string FindPrograms()
    {
        if (MissingReason is { } reason) Assert.Skip(reason);
        return Programs!;
    }

    /// <summary>Starts a server of the caller's own, or skips the running test where PostgreSQL is not installed.</summary>
    public static async Task<PostgresServer> StartAsync()
    {
        var bin = FindPrograms();
        var folder = Directory.CreateDirectory(Path.Combine(HasMemory() ? Memory : Path.GetTempPath(), "granary-pg-" + Guid.NewGuid()
            .ToString("N")[..12])).FullName;
        var server = new PostgresServer(bin, folder, FreePorts.Take());
        try
        {
            if (Environment.UserName == "root") await RunAsync("chown", ["postgres", folder]);
            await server.AsOwnerAsync("sh", ["-c", $"printf %s '{Password}' > '{folder}/password'"]);
            await server.AsOwnerAsync("initdb", ["-D", server.Data, "-U", "postgres", "--auth=scram-sha-256", $"--pwfile={folder}/password",
                "--encoding=UTF8", "--locale=C", "--no-sync"]);
            await server.StartServerAsync();
            await server.AdministerAsync("postgres", $"CREATE ROLE {User} LOGIN PASSWORD '{Password}'; ALTER DATABASE postgres OWNER TO {User}");
            return server;
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    private static bool HasMemory() => Directory.Exists(Memory) && new DriveInfo(Memory).AvailableFreeSpace >= LeastMemory;

    /// <summary>Makes an empty database and gives its connection text.</summary>
    public async Task<string> CreateDatabaseAsync(string? name = null)
    {
        name ??= "test_" + Guid.NewGuid().ToString("N")[..12];
        TestCosts.Count(Started.Database);
        await AsOwnerAsync("createdb", ["-h", "127.0.0.1", "-p", $"{Port}", "-U", "postgres", "-O", User, name]);
        return ConnectionString(name);
    }

    /// <summary>Writes a database into a file, as operators do: <c>pg_dump --format=custom</c>.</summary>
    public async Task DumpAsync(string database, string file) =>
        await File.WriteAllBytesAsync(file, Convert.FromBase64String(await AsOwnerAsync("sh", ["-c",
            $"{Path.Combine(_bin, "pg_dump")} -h 127.0.0.1 -p {Port} -U postgres --format=custom {database} | base64"])));

    /// <summary>Removes a database with its connections.</summary>
    public Task DropAsync(string database) =>
        AsOwnerAsync("dropdb", ["-h", "127.0.0.1", "-p", $"{Port}", "-U", "postgres", "--force", database]);

    /// <summary>Reads a file of <see cref="DumpAsync"/> into an empty database: <c>pg_restore</c>.</summary>
    public async Task RestoreAsync(string database, string file)
    {
        // Its owner, not this user, reads it.
        var copy = Path.Combine(Path.GetTempPath(), $"{database}.dump");
        File.Copy(file, copy, overwrite: true);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(copy, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        await AsOwnerAsync("pg_restore", ["-h", "127.0.0.1", "-p", $"{Port}", "-U", "postgres", "--exit-on-error", "-d", database, copy]);
        File.Delete(copy);
    }

    /// <summary>Runs one SQL text through psql as <see cref="User"/>; gives what it printed, without headings.</summary>
    public Task<string> SqlAsync(string database, string sql) => SqlAsync(User, database, sql);

    /// <summary>Runs one SQL text as the superuser, such as the creation of a role.</summary>
    public Task<string> AdministerAsync(string database, string sql) => SqlAsync("postgres", database, sql);

    private Task<string> SqlAsync(string user, string database, string sql) =>
        AsOwnerAsync("psql", ["-h", "127.0.0.1", "-p", $"{Port}", "-U", user, "-d", database, "-X", "-q", "-t", "-A", "-v",
            "ON_ERROR_STOP=1", "-c", sql]);

    // Nothing is flushed to the disk, since no test crashes the machine; but what is committed is written, since some crash the server.
    public Task StartServerAsync() =>
        AsOwnerAsync("pg_ctl", ["-D", Data, "-w", "-t", $"{Eventually.Longest.TotalSeconds:0}", "-l", Path.Combine(_folder, "log"), "-o",
            $"-c listen_addresses=127.0.0.1 -c port={Port} -c unix_socket_directories= -c fsync=off -c full_page_writes=off -c "
                + $"max_connections=200", "start"]);

    /// <summary>Ends the server as a crash would: every connection is cut, the data folder stays.</summary>
    public Task CrashAsync()
    {
        if (_isCommon) throw new InvalidOperationException("This server is shared by all tests. Start one with StartAsync to stop it.");
        return StopAsync();
    }

    private Task StopAsync() => AsOwnerAsync("pg_ctl", ["-D", Data, "-w", "-t", $"{Eventually.Longest.TotalSeconds:0}", "-m", "immediate", "stop"]);

    public async ValueTask DisposeAsync()
    {
        if (!_isCommon) await RemoveAsync();
    }

    private async Task RemoveAsync()
    {
        try
        {
            await StopAsync();
        }
        catch (InvalidOperationException)
        {
            // it was stopped by the test already
        }
        Directory.Delete(_folder, recursive: true);
    }

    private Task<string> AsOwnerAsync(string program, string[] arguments)
    {
        var path = program == "sh" ? "/bin/sh" : Path.Combine(_bin, program);
        return Environment.UserName == "root" ? RunAsync("runuser", ["-u", "postgres", "--", path, .. arguments])
            : RunAsync(path, arguments);
    }

    private static async Task<string> RunAsync(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/"
        };
        start.Environment["PGPASSWORD"] = Password;
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await error}");
        return await output;
    }
}
