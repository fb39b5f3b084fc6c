using Granary.Architecture.Tests.CodeBases;
using Granary.Architecture.Tests.Rules;

[assembly: AssemblyFixture(typeof(Repository))]

namespace Granary.Architecture.Tests.CodeBases;

/// <summary>This repository, read once for all tests.</summary>
public sealed class Repository
{
    public Repository()
    {
        Root = FindRoot();
        Code = CodeBase.Read(Root);
        BannedWords = BannedWord.Parse(ReadData(BannedWordRule.WordsFile));
    }

    public string Root { get; }

    public CodeBase Code { get; }

    public IReadOnlyList<BannedWord> BannedWords { get; }

    /// <summary>Fails where a file breaks a rule.</summary>
    public void Enforce(IRule rule)
    {
        var text = string.Join('\n', rule.Find(Code).Select(violation => $"{violation}. {rule.Remedy}"));
        if (text.Length > 0) Assert.Fail(text);
    }

    public string ReadData(string name) => File.ReadAllText(Path.Combine(Root, "tests/Granary.Architecture.Tests", name));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Platform.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException(
            $"No folder above {AppContext.BaseDirectory} holds Platform.sln. Run the tests from a clone of the repository.");
    }
}
