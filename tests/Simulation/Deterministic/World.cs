using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Simulation.Deterministic.Machinery;
using ReleaseIntegrity.Simulation.Deterministic.Services;

namespace ReleaseIntegrity.Simulation.Deterministic;

/// <summary>
/// One run: sources send, stewards act, processes work, crash and start again, in an order by chance; then nothing goes wrong any
/// more, and the system comes to rest.
/// </summary>
internal sealed class World
{
    private const int TurnLimit = 200_000;
    private const int RestLimit = 20_000;
    private const int PointWeight = 3;
    private const int StepWeight = 2;
    private const int TimeOneIn = 40;
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(5);

    // No two effects are at one instant.
    private static readonly TimeSpan Effect = TimeSpan.FromMicroseconds(100);

    private readonly Plan _plan;
    private readonly Choices _choices;
    private readonly Trace _trace;
    private readonly List<Sending> _sendings;
    private readonly List<Acting> _actings;
    private readonly List<Errand> _errands;
    private readonly IReadOnlyList<SimulatedProcess> _processes;
    private readonly List<Lane> _lanes = [];
    private readonly List<Errand> _ready = [];
    private readonly List<SimulatedProcess> _down = [];
    private int _turns;

    public World(Case @case, Databases databases, Trace trace)
    {
        _plan = Plan.Of(@case);
        _trace = trace;
        _choices = new Choices(_plan.Chance, @case.Choices);
        Clock = new SimulatedClock(Traffic.Start);
        Scheduler = new Scheduler(_plan.Faults, trace) { Crash = Crash, Disconnect = Disconnect };
        Announced = new Announcements();
        Broker = new Broker(_choices) { Sent = Hear };
        Composition = new Composition(_plan, databases, Clock, Broker, Scheduler);
        _processes = Composition.Processes;
        _sendings = [.. _plan.Deliveries.Select((d, i) => new Sending(i, d)).Where(s => !s.Delivery.IsLost)];
        _actings = [.. _plan.Acts.Select((a, i) => new Acting(i, a))];
        _errands = [.. _sendings, .. _actings];
    }

    public SimulatedClock Clock { get; }

    public Scheduler Scheduler { get; }

    public Broker Broker { get; }

    public Composition Composition { get; }

    /// <summary>What left outboxes.</summary>
    public Announcements Announced { get; }

    /// <summary>What senders were told is kept.</summary>
    public IEnumerable<(Delivery Delivery, DateTimeOffset At)> Accepted => _sendings.Where(s => s.AnsweredAt is not null).Select(s => (s.Delivery, s.AnsweredAt!.Value));

    /// <summary>Whether every act was answered, with a refusal or otherwise.</summary>
    public bool IsEveryActAnswered => _actings.TrueForAll(a => a.AnsweredAt is not null);

    /// <summary>What sources say, accepted or not.</summary>
    public IReadOnlyList<Delivery> Deliveries => _plan.Deliveries;

    /// <summary>Choices made by chance.</summary>
    public int Choices => _choices.Made;

    /// <summary>Runs until everything is at rest; the clock then stands at the instant of the evaluation.</summary>
    /// <exception cref="ViolationException">Something failed that may not, or it does not come to rest.</exception>
    public void Run()
    {
        foreach (SimulatedProcess process in _processes)
        {
            process.Start();
        }

        while (Turn())
        {
        }

        _choices.Stop();
        Scheduler.IsCalm = true;
        Rest();
    }

    private DateTimeOffset Now => Clock.GetUtcNow();

    /// <summary>One thing happens; false where nothing can any more without time passing for its own sake.</summary>
    private bool Turn()
    {
        if (++_turns > TurnLimit)
        {
            throw new ViolationException("rest", "there is no end to what happens");
        }

        Collect();
        Look();
        int points = Scheduler.Count * PointWeight, steps = _lanes.Count * StepWeight;
        int something = points + steps + _ready.Count + _down.Count;
        if (something == 0)
        {
            return Wait();
        }

        // Now and then time passes while there is something to do.
        if (_choices.Of(TimeOneIn) == TimeOneIn - 1)
        {
            Advance(Now + Pause());
            return true;
        }

        int pick = _choices.Of(something);
        if (pick < points)
        {
            Scheduler.Release(pick / PointWeight);
            Clock.AdvanceTo(Now + Effect);
        }
        else if ((pick -= points) < steps)
        {
            Lane lane = _lanes[pick / StepWeight];
            _trace.Add($"{lane.Name}");
            lane.Begin(Now);
        }
        else if ((pick -= steps) < _ready.Count)
        {
            Begin(_ready[pick]);
        }
        else
        {
            SimulatedProcess process = _down[pick - _ready.Count];
            _trace.Add($"{process.Name} starts");
            process.Start();
        }

        return true;
    }

    // What can happen now.
    private void Look()
    {
        _lanes.Clear();
        _down.Clear();
        _ready.Clear();
        foreach (SimulatedProcess process in _processes)
        {
            if (process.IsUp)
            {
                foreach (Lane lane in process.Lanes)
                {
                    if (lane.IsWorthwhile(Now))
                    {
                        _lanes.Add(lane);
                    }
                }
            }
            else if (process.Life.IsOver && process.DownUntil <= Now)
            {
                _down.Add(process);
            }
        }

        foreach (Errand errand in _errands)
        {
            if (errand.IsReady(Now) && errand.TakersIn(Composition.Nodes).Any())
            {
                _ready.Add(errand);
            }
        }
    }

    // Steps and sendings that are done; a step may fail where the simulation made its store fail, as its loop allows.
    private void Collect()
    {
        foreach (SimulatedProcess process in _processes)
        {
            if (process.FailedToStart)
            {
                Demand(process.Failure!, process.Name);
                Crash(process.Life);
                continue;
            }

            foreach (Lane lane in process.Life.IsOver ? [] : process.Lanes)
            {
                if (lane.End() is { } failure)
                {
                    Demand(failure, lane.Name);
                }
            }
        }

        foreach (Errand errand in _errands)
        {
            if (errand.End(Now, TryAgain) is { } failure)
            {
                Demand(failure, errand.What);
            }
        }
    }

    private static void Demand(Exception failure, string where)
    {
        if (failure is not SimulatedFailureException)
        {
            throw new ViolationException("no failure of our own", $"{where}: {failure}");
        }
    }

    private void Begin(Errand errand)
    {
        INode[] takers = [.. errand.TakersIn(Composition.Nodes)];
        INode taker = takers[_choices.Of(takers.Length)];
        _trace.Add($"{errand.What} to {taker.Life.Name}");
        errand.Begin(taker);
    }

    // Whoever publishes for everybody is heard by whoever is there.
    private void Hear(object message)
    {
        Announced.Hear(message);
        if (message is ResyncRequested request)
        {
            foreach (CollectorNode collector in Composition.Nodes.OfType<CollectorNode>())
            {
                collector.Tell(request);
            }
        }
    }

    /// <summary>Goes to the next instant at which something can happen.</summary>
    private bool Wait()
    {
        DateTimeOffset?[] instants =
        [
            Clock.NextTimer,
            _errands.Where(e => e.Waits).Min(e => (DateTimeOffset?)e.NotBefore),
            _actings.Exists(a => a.Waits) ? Composition.NextTimer() : null,
            _processes.Where(p => p.Life.IsOver).Min(p => (DateTimeOffset?)p.DownUntil),
        ];
        if (instants.Where(i => i > Now).Min() is not { } next)
        {
            return false;
        }

        Advance(next);
        return true;
    }

    private void Rest()
    {
        // Sources are asked once more, so that nothing is missing of what they have said.
        DateTimeOffset said = _plan.Deliveries.Select(d => d.NotBefore).Append(Now).Max();
        _errands.AddRange(_plan.Asked.Select((source, i) => new Insisting(i, source, said)));
        DateTimeOffset? end = null;
        for (int i = 0; ; i++)
        {
            while (Turn())
            {
            }

            if (i > RestLimit)
            {
                throw new ViolationException("rest", $"the system does not come to rest: {Composition.Backlog()}");
            }

            if (Composition.Backlog() is not null || Broker.Count > 0)
            {
                Advance(Composition.NextMessage() is { } message && message > Now ? message : Now + TryAgain);
            }
            else if (Composition.NextDue() is { } due && due <= (Now < end ? end : Now))
            {
                Advance(due > Now ? due : Now + TryAgain);
            }
            else if (end is null)
            {
                // The tail begins when everything is there: a package that settles has to have settled in it.
                end = Now + _plan.Tail;
            }
            else if (Now < end)
            {
                Advance(end.Value);
            }
            else
            {
                return;
            }
        }
    }

    private void Advance(DateTimeOffset to)
    {
        _trace.Add($"-- {to}");
        Clock.AdvanceTo(to);
    }

    private TimeSpan Pause() => _choices.Of(12) switch
    {
        < 8 => TimeSpan.FromMilliseconds(1 + _choices.Of(500)),
        < 11 => TimeSpan.FromSeconds(1 + _choices.Of(60)),
        _ => TimeSpan.FromMinutes(10 + _choices.Of(350)),
    };

    private void Crash(Life life)
    {
        _trace.Add($"{life.Name} is gone");
        life.IsOver = true;
        Scheduler.Forget(life);
        if (_plan.IsEmbedded)
        {
            Broker.Forget();
        }
        else
        {
            Broker.Lose(life);
        }

        _errands.ForEach(e => e.Lose(life, Now + TryAgain));

        _processes.Single(p => p.Life == life).DownUntil = Now + TimeSpan.FromMilliseconds(_choices.Of(30_000));
    }

    private void Disconnect(Life life)
    {
        if (!_plan.IsEmbedded)
        {
            Broker.Lose(life);
        }
    }
}
