import os,sys,time,cProfile,pstats
import pytest
from tests.registry.intake.steps import HEAD, staged, commit_now, undone
def test_it(registrar):
    lines=[f"甲{chr(0x4E00 + n // 100)}{chr(0x5000 + n % 100)},男,,银川市第{n}厂,车工,塞上工匠,2024\n" for n in range(5000)]
    for label,fn in [("stage",lambda: staged(HEAD+"".join(lines),registrar)),("commit",lambda: commit_now(B[0],registrar)),("undo",lambda: undone(B[0],registrar))]:
        pr=cProfile.Profile(); t=time.process_time(); pr.enable(); r=fn(); pr.disable()
        B[:]=[r]; print("\n##",label,time.process_time()-t); 
        pstats.Stats(pr).sort_stats("cumtime").print_stats(22)
B=[]
