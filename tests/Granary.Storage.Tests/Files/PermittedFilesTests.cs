using System.Diagnostics;
using System.Text;
using Granary.Engine.Market;
using Granary.Storage.Files;

namespace Granary.Storage.Tests.Files;

/// <summary>What callers of a confined server can open while somebody changes its folders.</summary>
public sealed class PermittedFilesTests : IDisposable
{
    private const string Secret = "outside", Public = "inside";

    private const int Tries = 200;

    private readonly string _root = Directory.CreateTempSubdirectory("granary-permitted-").FullName;
    private readonly PermittedFiles _files;

    public PermittedFilesTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "makes links, pipes and folders that change at once");
        foreach (var name in (string[])["data", "data/bars", "outside"]) Directory.CreateDirectory(Path.Combine(_root, name));
        File.WriteAllText(In("data/bars/a.csv"), Public);
        File.WriteAllText(In("outside/a.csv"), Secret);
        _files = PermittedFiles.In(In("data"));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string In(string path) => Path.Combine(_root, path);

    [Fact]
    public void A_file_in_the_folder_is_read_and_links_that_stay_in_it_are_followed()
    {
        File.CreateSymbolicLink(In("data/link.csv"), In("data/bars/a.csv"));
        Directory.CreateSymbolicLink(In("data/again"), In("data/bars"));
        // As Kubernetes mounts a configuration: a link to a file below a link to its version.
        Directory.CreateDirectory(In("data/..v1"));
        File.WriteAllText(In("data/..v1/a.csv"), Public);
        Directory.CreateSymbolicLink(In("data/..data"), "..v1");
        File.CreateSymbolicLink(In("data/mounted.csv"), "..data/a.csv");
        foreach (var path in (string[])["data/bars/a.csv", "data/mounted.csv", "data/link.csv", "data/again/a.csv", "data/../data/bars/a.csv"])
        {
            Encoding.UTF8.GetString(_files.ReadAllBytes(In(path))).ShouldBe(Public);
            _files.ReadAllLines(In(path)).ShouldBe([Public]);
        }
        _files.FilesIn(In("data/again")).ShouldBe([In("data/again/a.csv")]);
        _files.FilesIn(In("data/none")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("outside/a.csv")]
    [InlineData("data/../outside/a.csv")]
    [InlineData("data/link/a.csv")]
    [InlineData("data/link-to-link/a.csv")]
    [InlineData("data/file.csv")]
    [InlineData("data/proc/self/root/etc/passwd")]
    [InlineData("data/root/etc/passwd")]
    [InlineData("/proc/self/root/etc/passwd")]
    [InlineData("data/hard.csv")]
    [InlineData("data/pipe")]
    [InlineData("DATA/a.csv")]
    public void Nothing_outside_is_opened_by_any_name(string path)
    {
        Directory.CreateDirectory(In("DATA"));
        File.WriteAllText(In("DATA/a.csv"), Secret);
        Directory.CreateSymbolicLink(In("data/link"), In("outside"));
        Directory.CreateSymbolicLink(In("data/link-to-link"), In("data/link"));
        File.CreateSymbolicLink(In("data/file.csv"), "../outside/a.csv");
        Directory.CreateSymbolicLink(In("data/proc"), "/proc");
        Directory.CreateSymbolicLink(In("data/root"), "/proc/self/root");
        Run("ln", In("outside/a.csv"), In("data/hard.csv"));
        Run("mkfifo", In("data/pipe"));
        Should.Throw<BarDataException>(() => _files.OpenRead(In(path)).Dispose()).Message.ShouldContain(Path.GetFileName(path));
        Should.Throw<BarDataException>(() => _files.OpenExclusive(In(path)).Dispose());
    }

    [Theory]
    [InlineData("data/link")]
    [InlineData("data/link/further")]
    [InlineData("data/dangling")]
    [InlineData("outside/new")]
    public void No_folder_is_listed_or_made_outside(string path)
    {
        Directory.CreateSymbolicLink(In("data/link"), In("outside"));
        Directory.CreateSymbolicLink(In("data/dangling"), In("outside/not-yet"));
        Should.Throw<Exception>(() => _files.OpenFolder(In(path), create: true).Dispose()).ShouldSatisfyAllConditions(
            e => (e is BarDataException or IOException).ShouldBeTrue(e.ToString()));
        if (Directory.Exists(In(path))) Should.Throw<BarDataException>(() => _files.FilesIn(In(path)));
        Directory.GetFileSystemEntries(In("outside")).ShouldBe([In("outside/a.csv")]);
    }

    [Fact]
    public void Files_are_written_locked_and_made_in_the_folder_alone()
    {
        using (var made = _files.OpenFolder(In("data/new/deep"), create: true)) Directory.Exists(made.Path).ShouldBeTrue();
        AtomicFile.Write(In("data/new/deep/b.csv"), "b"u8, files: _files);
        File.ReadAllText(In("data/new/deep/b.csv")).ShouldBe("b");
        using (_files.OpenExclusive(In("data/.lock"))) Should.Throw<IOException>(() => _files.OpenExclusive(In("data/.lock")));
        File.CreateSymbolicLink(In("data/.other"), In("outside/made"));
        Should.Throw<IOException>(() => _files.OpenExclusive(In("data/.other")));
        Should.Throw<BarDataException>(() => AtomicFile.Write(In("outside/b.csv"), "b"u8, files: _files));
        Directory.GetFileSystemEntries(In("outside")).ShouldBe([In("outside/a.csv")]);
    }

    [Fact]
    public void A_folder_that_becomes_a_link_again_and_again_is_never_left()
    {
        var (folder, away) = (In("data/bars"), In("data/away"));
        using var stop = new CancellationTokenSource();
        var swaps = 0;
        var attacker = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Directory.Move(folder, away);
                Tried(() => File.CreateSymbolicLink(folder, In("outside")));
                Tried(() => File.Delete(folder));
                // A writer may have made the folder again.
                while (!Tried(() => Directory.Move(away, folder))) Tried(() => Directory.Delete(folder, recursive: true));
                swaps++;
            }
        });
        attacker.Start();
        var (read, written) = (0, 0);
        try
        {
            for (var i = 0; i < Tries || read < Tries / 4 || written < Tries / 4 || swaps < Tries; i++)
            {
                if (Tried(() => Encoding.UTF8.GetString(_files.ReadAllBytes(Path.Combine(folder, "a.csv"))).ShouldBe(Public))) read++;
                if (Tried(() => AtomicFile.Write(Path.Combine(folder, $"{i % 7}.csv"), "new"u8, files: _files))) written++;
                Tried(() => _files.OpenExclusive(Path.Combine(folder, ".lock")).Dispose());
                Tried(() => _files.OpenFolder(Path.Combine(folder, "sub", $"{i % 5}"), create: true).Dispose());
                Tried(() => _files.FilesIn(folder).ShouldAllBe(f => Path.GetFileName(f) != "only-outside"));
            }
        }
        finally
        {
            stop.Cancel();
            attacker.Join();
        }
        Directory.GetFileSystemEntries(In("outside")).ShouldBe([In("outside/a.csv")]);
        File.ReadAllText(In("outside/a.csv")).ShouldBe(Secret);
    }

    // False if the folder was away, or a link, at that moment.
    private static bool Tried(Action what)
    {
        try
        {
            what();
            return true;
        }
        catch (Exception e) when (e is IOException or BarDataException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        process.ExitCode.ShouldBe(0);
    }
}
