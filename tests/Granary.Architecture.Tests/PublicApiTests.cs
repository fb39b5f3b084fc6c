using Granary.Architecture.Tests.CodeBases;
using Granary.Architecture.Tests.PublicApi;

namespace Granary.Architecture.Tests;

public sealed class PublicApiTests(Repository repository)
{
    [Fact]
    public void The_public_types_and_members_of_each_package_are_those_that_its_listing_names()
    {
        var write = Environment.GetEnvironmentVariable(ApiListing.WriteVariable) == "1";
        var differences = new List<string>();
        foreach (var package in ApiListing.Packages(repository.Code))
        {
            var path = Path.Combine(repository.Root, ApiListing.FileOf(package.Name));
            var now = ApiListing.Of(repository.Code, package);
            if (write) File.WriteAllText(path, now.ToString());
            var listed = ApiListing.Parse(File.Exists(path) ? File.ReadAllText(path) : "");
            var changes = listed.DifferencesTo(now);
            if (changes.Count == 0) continue;
            differences.Add($"{package.Name}: {changes.Count} lines differ, - is gone and + is new\n{string.Join('\n', changes.Take(40))}");
        }
        if (differences.Count > 0) Assert.Fail(string.Join('\n', differences) + "\n" + Remedy);
    }

    [Fact]
    public void Each_listing_belongs_to_a_package() =>
        Directory.EnumerateFiles(Path.Combine(repository.Root, ApiListing.Folder), "*.txt").Select(Path.GetFileNameWithoutExtension)
            .ShouldBe(ApiListing.Packages(repository.Code).Select(package => package.Name), ignoreOrder: true);

    [Fact]
    public void A_listing_names_what_other_assemblies_can_use_and_nothing_else()
    {
        var code = CodeBase.Of(
            ("src/P/P.csproj", "<Project />"),
            ("src/Q/Q.csproj", "<Project><PropertyGroup><OutputType>Exe</OutputType></PropertyGroup></Project>"),
            ("src/Q/Program.cs", "namespace Q;\npublic class Program;"),
            ("src/P/A.cs", """
                namespace P;

                /// <summary>A comment.</summary>
                [Serializable]
                public abstract partial class A<T>([Range(1, 2)] int first) : B
                {
                    internal int Hidden;
                    public const int Most = 7;
                    public int Size { get; private set; } = 3;
                    public int Twice => 2 * Size;
                    protected abstract void OnBar(in Bar bar);
                    public override string ToString() => "";
                    public async Task<int> RunAsync(int count = 1) { await Task.Yield(); return count; }
                    private sealed class Inner { public int No; }
                    public enum Kind { One, Two = 4 }
                }

                internal class C { public int No; }

                public interface I { int Value { get; } }
                """));

        var package = ApiListing.Packages(code).ShouldHaveSingleItem();
        ApiListing.Of(code, package).ToString().Split('\n').Where(line => line.StartsWith("P.", StringComparison.Ordinal)).ShouldBe(
        [
            "P.A<T>.Kind: One",
            "P.A<T>.Kind: Two = 4",
            "P.A<T>.Kind: public enum Kind",
            "P.A<T>: protected abstract void OnBar(in Bar bar)",
            "P.A<T>: public Task<int> RunAsync(int count = 1)",
            "P.A<T>: public abstract class A<T>(int first) : B",
            "P.A<T>: public const int Most = 7;",
            "P.A<T>: public int Size { get; }",
            "P.A<T>: public int Twice { get; }",
            "P.I: int Value { get; }",
            "P.I: public interface I",
        ], ignoreOrder: true);
    }

    [Fact]
    public void A_member_that_is_gone_and_one_that_is_new_are_both_found() =>
        ApiListing.Parse("# a comment\nP.A: public void Old()\nP.A: public void Kept()\n")
            .DifferencesTo(ApiListing.Parse("P.A: public void Kept()\nP.A: public void New()"))
            .ShouldBe(["- P.A: public void Old()", "+ P.A: public void New()"]);

    private const string Remedy =
        "Keep what users may depend on. Where the change is meant, name it in CHANGELOG.md and write the listings again: "
        + ApiListing.WriteVariable + "=1 dotnet exec tests/Granary.Architecture.Tests/bin/Release/net10.0/Granary.Architecture.Tests.dll"
        + " -class \"*PublicApiTests\"";
}
