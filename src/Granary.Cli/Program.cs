using System.CommandLine;
using Granary.Cli;
using Granary.Cli.Commands;

_ = FeltTime.OfProcess;
Streams.Register();
var root = new RootCommand("Granary: one strategy in a backtest, on paper and live; thousands side by side.")
{
    BacktestCommand.Create(),
    ReplayCommand.Create(),
    WalkForwardCommand.Create(),
    CatalogueCommands.Strategies(),
    CatalogueCommands.Factors(),
    CatalogueCommands.Trainers(),
    DataCommands.Create(),
    AnalysisCommands.Analyze(),
    AnalysisCommands.Learn(),
    AnalysisCommands.Track(),
    LearningCommands.Train(),
    LearningCommands.Evaluate(),
    LearningCommands.Experiment(),
    LearningCommands.Models(),
    LiveCommands.Live(),
    LiveCommands.Session(),
    RunCommands.Verify(),
    RunCommands.Report(),
    CompareCommand.Create(),
    HostCommands.Serve(),
    HostCommands.Keys(),
    HostCommands.New(),
    HostCommands.Doctor(),
};
root.Options.Add(CommandLine.Plugins);
return await CommandLine.RunAsync(root, args);
