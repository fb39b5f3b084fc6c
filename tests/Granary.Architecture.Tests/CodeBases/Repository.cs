using Granary.Architecture.Tests.Ceilings;
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
        RulesWithCeilings =
        [
            new FileLengthRule(), new LineLengthRule(), new MethodLengthRule(), new ParameterCountRule(), new PartialTypeRule(),
            new MutableStaticRule(), new BannedWordRule(BannedWords), new FileNameRule(), new NamespaceFolderRule(),
        ];
        var ceilings = Path.Combine(Root, CeilingFile.RepositoryPath);
        if (Environment.GetEnvironmentVariable(CeilingFile.WriteVariable) is { Length: > 0 } mode)
        {
            CeilingFile.Rewrite(ceilings, CeilingFile.Count(RulesWithCeilings, Code), mayRise: mode == "rise");
        }

        Ceilings = CeilingFile.Parse(File.ReadAllText(ceilings));
    }

    public string Root { get; }

    public CodeBase Code { get; }

    public IReadOnlyList<BannedWord> BannedWords { get; }

    public CeilingFile Ceilings { get; }

    /// <summary>The rules that some files do not keep yet. All other rules hold everywhere.</summary>
    public IReadOnlyList<IRule> RulesWithCeilings { get; }

    /// <summary>Fails where a file breaks a rule more often, or less often, than its ceiling says.</summary>
    public void Enforce(IRule rule)
    {
        if (RulesWithCeilings.Any(other => other.Key == rule.Key))
        {
            Fail(Ceilings.Differences(rule, Code));
        }
        else
        {
            Fail(rule.Find(Code).Select(violation => $"{violation}. {rule.Remedy}"));
        }
    }

    public string ReadData(string name) => File.ReadAllText(Path.Combine(Root, "tests/Granary.Architecture.Tests", name));

    private static void Fail(IEnumerable<string> sentences)
    {
        var text = string.Join('\n', sentences);
        if (text.Length > 0)
        {
            Assert.Fail(text);
        }
    }

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
