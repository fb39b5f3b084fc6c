using Granary.Storage.Files;

namespace Granary.Storage.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-atomic-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Path => System.IO.Path.Combine(_folder, "a.txt");

    private string[] Others => [.. Directory.GetFiles(_folder).Where(f => f != Path)];

    [Fact]
    public async Task A_write_replaces_the_whole_file_and_leaves_nothing_else()
    {
        AtomicFile.Write(Path, "first, which is longer"u8);
        AtomicFile.Write(Path, w => w.WriteLine("second"));
        File.ReadAllBytes(Path).ShouldBe("second\n"u8.ToArray());
        await AtomicFile.WriteAsync(Path, "third"u8.ToArray());
        File.ReadAllText(Path).ShouldBe("third");
        Others.ShouldBeEmpty();
    }

    [Fact]
    public void A_write_that_fails_in_the_middle_leaves_the_old_file_and_no_other()
    {
        AtomicFile.Write(Path, "old"u8);
        Should.Throw<InvalidOperationException>(() => AtomicFile.Write(Path, w =>
        {
            w.Write(new string('x', 100_000));
            throw new InvalidOperationException("stop");
        }));
        File.ReadAllText(Path).ShouldBe("old");
        Others.ShouldBeEmpty();
    }

    [Fact]
    public void Writers_of_one_file_at_once_each_write_all_of_it()
    {
        Parallel.For(0, 50, i => AtomicFile.Write(Path, w => w.Write(new string((char)('a' + i % 26), 10_000))));
        File.ReadAllText(Path).Distinct().Count().ShouldBe(1);
        File.ReadAllText(Path).Length.ShouldBe(10_000);
        Others.ShouldBeEmpty();
    }

    [Fact]
    public void Of_writers_that_create_one_file_at_once_one_succeeds_and_it_keeps_that_content()
    {
        var made = new bool[20];
        Parallel.For(0, made.Length, i => made[i] = AtomicFile.TryCreate(Path, new byte[10_000].Select(_ => (byte)i).ToArray()));
        var winner = made.Index().Where(m => m.Item).ShouldHaveSingleItem().Index;
        File.ReadAllBytes(Path).Length.ShouldBe(10_000);
        File.ReadAllBytes(Path).ShouldAllBe(b => b == winner);
        AtomicFile.TryCreate(Path, "later"u8).ShouldBeFalse();
        Others.Select(System.IO.Path.GetFileName).ShouldBe([".create.lock"]);
    }

    [Fact]
    public void A_failure_is_what_the_caller_makes_of_it()
    {
        var missing = System.IO.Path.Combine(_folder, "no", "a.txt");
        Should.Throw<DirectoryNotFoundException>(() => AtomicFile.Write(missing, "x"u8));
        Should.Throw<NotSupportedException>(() => new AtomicFile(missing,
            (path, e) => new NotSupportedException(path, e))).Message.ShouldBe(missing);
        Directory.CreateDirectory(Path);
        using var file = new AtomicFile(Path, (path, e) => new NotSupportedException(path, e));
        Should.Throw<NotSupportedException>(() => file.Commit()).Message.ShouldBe(Path);
        Others.ShouldBeEmpty();
    }
}
